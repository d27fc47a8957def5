//! Is a function refused once the policy of the product forbids it?

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::{Component, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access};
use serde_json::json;

use crate::setting::{Setting, restoring};
use crate::support::{account_for, sign_in};

pub(super) const TEST: Test = Test {
    id: "security/forbidden-function",
    title: "Is a function refused once the policy of the product forbids it?",
    shows: &["DS(OPS).7"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| policies(component).next().is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-7(2)"],
    limits: "functions without a declared policy, and other ways to them than the declared operation",
};

/// The policies: where they are set, and the function that each governs.
fn policies(component: &Component) -> impl Iterator<Item = (&Interface, &Operation, &Operation)> {
    component.doing(Purpose::SetPolicy).filter_map(|(interface, operation)| {
        let governed = interface.operation(operation.governs.as_deref()?)?;
        (interface.speaks.is_http() && operation.is_setting() && !governed.is_setting()).then_some((interface, operation, governed))
    })
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    restoring(&bench, &component, Box::pin(look(&bench, &component))).await
}

async fn look(bench: &Bench, component: &Component) -> Outcome {
    let (interface, operation, governed) =
        policies(component).next().ok_or_else(|| Stop::missing("declare a policy and what it governs"))?;
    let [permitted, forbidden, ..] = &operation.values[..] else {
        return Err(Stop::missing(format!("list two values of `{}`: permitted first, forbidden second", operation.id)));
    };
    let mut setting = Setting::open(bench, component, interface, operation).await?;
    setting.set(permitted).await?;
    setting.rest();
    let before = try_it(bench, component, interface, governed).await?;
    let change = setting.set(forbidden).await?;
    setting.rest();
    let after = try_it(bench, component, interface, governed).await?;
    let facts = json!({ "permitted": before, "change": change, "forbidden": after });
    let seen = bench.record("the function while the policy permits it, and while it forbids it", &facts)?;
    let finding = |reason: String| Finding {
        reason,
        expected: format!("`{}` is carried out under `{permitted}` and refused under `{forbidden}`", governed.id),
        observed: format!("under `{permitted}`: {before}; under `{forbidden}`: {after}"),
        ..Finding::default()
    };
    if change.after != *forbidden {
        return seen.inconclusive(finding(format!("`{forbidden}` could not be set: the value read back is `{}`", change.after)));
    }
    if after.is_granted() {
        return seen
            .fail(finding(format!("`{}` is carried out although the policy forbids it: look at the policy at each call", governed.id)));
    }
    if !before.is_granted() {
        return seen.inconclusive(finding(format!("`{}` was not carried out under `{permitted}` either", governed.id)));
    }
    let control = seen.control("the same call was carried out while the policy permitted it");
    seen.pass(control, finding("the function is refused while the policy forbids it".to_owned()))
}

async fn try_it(bench: &Bench, component: &Component, interface: &Interface, operation: &Operation) -> Result<Access, Stop> {
    let account = account_for(bench, &component.id, interface, operation)?;
    let (mut client, session) = sign_in(bench, &component.id, interface, &account).await?;
    let answer = http::call(&mut client, operation, Some(&session), operation.values.first().map(String::as_str)).await?;
    Ok(Access::of(&answer))
}
