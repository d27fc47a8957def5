//! Can an action be opened to everybody, and closed again?

use assay_engine::{Applies, Bench, Finding, Outcome, Ruling, Stop, Subject, Test};
use assay_model::profile::{Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client};

use crate::setting::Setting;

pub(super) const TEST: Test = Test {
    id: "access/anonymous-action",
    title: "Can an action be opened to everybody, and closed again?",
    shows: &["LA(AIM)"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-14"],
    limits: "actions that the profile declares no such setting for",
};

fn applies(subject: &Subject<'_>) -> Applies {
    subject.interface().is_some_and(|(_, interface)| interface.speaks.is_http() && governed(interface).is_some()).into()
}

/// The switch, and the operation that it opens and closes.
fn governed(interface: &Interface) -> Option<(&Operation, &Operation)> {
    let mut switches = interface.doing(Purpose::SetAnonymousAction).filter(|each| each.is_setting());
    switches.find_map(|switch| Some((switch, interface.operation(switch.governs.as_deref()?)?)))
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (switch, action) = governed(&interface).ok_or_else(|| Stop::missing("no setting governs an operation: set `governs`"))?;
    let mut setting = Setting::open(&bench, &component, &interface, switch).await?;
    let outcome = look(&bench, &mut setting, (switch, action)).await;
    let left = setting.restore().await;
    outcome.map(|ruling| left.into_iter().fold(ruling, Ruling::note))
}

async fn look(bench: &Bench, setting: &mut Setting, (switch, action): (&Operation, &Operation)) -> Outcome {
    let mut all: Vec<(String, Access)> = Vec::new();
    for value in &switch.values {
        let change = setting.set(value).await?;
        setting.rest();
        if change.after != *value {
            return Err(Stop::missing(format!("`{}` could not be set to {value}: mend its values", switch.id)));
        }
        let answer = http::call(&mut Client::new(bench.permit()?), action, None, None).await?;
        all.push((value.clone(), Access::of(&answer)));
    }
    let seen = bench.record("what the action answered anybody under each value", &all)?;
    let finding = |reason: String| Finding {
        reason,
        expected: format!("`{}` is granted to anybody under one value and refused under another", action.id),
        observed: all.iter().map(|(value, access)| format!("{value}: {access}")).collect::<Vec<_>>().join("; "),
        ..Finding::default()
    };
    if all.iter().any(|(_, access)| !access.is_granted() && !access.is_withheld()) {
        return seen.inconclusive(finding("the action did not answer clearly".to_owned()));
    }
    let open = all.iter().filter(|(_, access)| access.is_granted()).count();
    if open == 0 || open == all.len() {
        let what = if open == 0 { "stays closed" } else { "stays open" };
        return seen.fail(finding(format!("the action {what} to anybody whatever is set: have the setting take effect")));
    }
    let control = seen.control("the same request was granted under one value and refused under another");
    seen.pass(control, finding("the action can be opened to everybody and closed again".to_owned()))
}
