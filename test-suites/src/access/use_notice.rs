//! Is the notice that the organization sets shown wherever somebody logs in?

use assay_engine::{Applies, Bench, Finding, Outcome, Ruling, Seen, Stop, Subject, Test};
use assay_model::profile::{Component, Interface, LoginKind, Operation, Purpose, Speaks};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{Client, Request};
use assay_probes::ssh_auth;
use serde::Serialize;

use crate::registrar::letters;
use crate::setting::Setting;

pub(super) const TEST: Test = Test {
    id: "access/use-notice",
    title: "Is the notice that the organization sets shown wherever somebody logs in?",
    shows: &["LA(USE).1", "LA(USE).2", "LA(USE).2.a"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-8", "RFC 4252 5.4"],
    limits: "displays, apps and serial consoles; whether the notice stays until it is acknowledged",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let Some(component) = subject.component() else { return Applies::Elsewhere };
    (switch(component).is_some() && component.interfaces.iter().any(is_surface)).into()
}

/// The setting of the notice.
fn switch(component: &Component) -> Option<(&Interface, &Operation)> {
    component.doing(Purpose::SetNotice).find(|(interface, operation)| interface.speaks.is_http() && operation.is_setting())
}

/// Whether people log in here and can be shown a text before.
fn is_surface(interface: &Interface) -> bool {
    let form = interface.login.as_ref().is_some_and(|login| login.kind == LoginKind::Form && login.path.is_some());
    form || (interface.speaks == Speaks::Ssh && interface.login.is_some())
}

/// What one place to log in showed.
#[derive(Debug, Serialize)]
struct Shown {
    interface: String,
    first: bool,
    second: bool,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (interface, operation) = switch(&component).ok_or_else(|| Stop::missing("no setting of this component does `set-notice`"))?;
    let mut setting = Setting::open(&bench, &component, interface, operation).await?;
    let outcome = look(&bench, &component, &mut setting).await;
    let left = setting.restore().await;
    outcome.map(|ruling| left.into_iter().fold(ruling, Ruling::note))
}

async fn look(bench: &Bench, component: &Component, setting: &mut Setting) -> Outcome {
    let (first, second) = (letters(12)?, letters(12)?);
    let mut all = Vec::new();
    let mut seen = set(bench, setting, &first).await?;
    for interface in component.interfaces.iter().filter(|interface| is_surface(interface)) {
        all.push(Shown { interface: interface.id.clone(), first: shows(bench, component, interface, &first).await?, second: false });
    }
    seen = seen.and(set(bench, setting, &second).await?);
    for (shown, interface) in all.iter_mut().zip(component.interfaces.iter().filter(|interface| is_surface(interface))) {
        shown.second = shows(bench, component, interface, &second).await? && !shows(bench, component, interface, &first).await?;
    }
    judge(&all, seen.and(bench.record("where the notice was shown", &all)?))
}

/// Sets a notice with this word in it.
async fn set(bench: &Bench, setting: &mut Setting, word: &str) -> Result<Seen, Stop> {
    let change = setting.set(&format!("Authorized use only. {word}")).await?;
    setting.rest();
    let seen = bench.record("a notice that was set", &change)?;
    if change.after.contains(word) { Ok(seen) } else { Err(Stop::missing(format!("`{}` did not take a notice", change.operation))) }
}

/// Whether the word is shown here before anybody logs in.
async fn shows(bench: &Bench, component: &Component, interface: &Interface, word: &str) -> Result<bool, Stop> {
    let permit = bench.permit_for(&component.id, interface)?;
    if interface.speaks == Speaks::Ssh {
        let banner = ssh_auth::methods(&permit, "assay").await?.banner;
        return Ok(banner.is_some_and(|banner| banner.contains(word)));
    }
    let path = interface.login.as_ref().and_then(|login| login.path.clone()).unwrap_or_default();
    let answer = Client::new(permit).send(&Request::get(&path)).await?;
    Ok(answer.text().contains(word))
}

fn judge(all: &[Shown], seen: Seen) -> Outcome {
    let finding = |reason: String| Finding {
        reason,
        expected: "the notice stands at every place to log in, before the log-in, and another one once it is changed".to_owned(),
        observed: all
            .iter()
            .map(|each| format!("{}: {}, changed {}", each.interface, each.first, each.second))
            .collect::<Vec<_>>()
            .join("; "),
        ..Finding::default()
    };
    let missing: Vec<_> = all.iter().filter(|each| !each.first).map(|each| each.interface.as_str()).collect();
    if !missing.is_empty() {
        return seen.fail(finding(format!("the notice is not shown before a log-in at {}", missing.join(", "))));
    }
    if let Some(old) = all.iter().find(|each| !each.second) {
        return seen.fail(finding(format!("{} goes on showing the notice from before it was changed", old.interface)));
    }
    let control = seen.control("the word of the first notice was no longer shown once another was set");
    seen.pass(control, finding("the notice is shown before every log-in, and can be changed".to_owned()))
}
