//! Do the components that list devices list this one under the identifier that it gives itself?

use assay_engine::{Bench, Finding, Outcome, Stop, Subject, Test};
use assay_model::safety::{Method, Safety};

use super::listed::{keepers, look_up};
use crate::support::Reader;

pub(super) const TEST: Test = Test {
    id: "identification/remote-list",
    title: "Do the components that list devices list this one under the identifier that it gives itself?",
    shows: &["DI(IMS).2"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| applies(subject).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 IA-3"],
    limits: "devices that are not listed at the time of the test",
};

fn applies(subject: &Subject<'_>) -> bool {
    let Some(component) = subject.component() else { return false };
    component.identifier.is_some() && keepers(subject.profile(), &component.id).next().is_some()
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let declared = component.identifier.clone().ok_or_else(|| Stop::missing("add `identifier` to the component in the profile"))?;
    let own = Reader::open(&bench, &component, &declared.accessor()).await?.read().await?;
    let lists = look_up(&bench, &component, &own).await?;
    let made_up = format!("{own}-0");
    let absent = look_up(&bench, &component, &made_up).await?;
    let seen = bench.record("the identifier that the component gives, and lists in which it was looked for", &(&own, &lists, &absent))?;
    let told = |listed: &super::listed::Listed| format!("{}: {}", listed.place, listed.record.as_ref().map_or("not found", |_| "found"));
    let finding = |reason: String| Finding {
        reason,
        expected: format!("`{own}` in every list of devices"),
        observed: lists.iter().map(told).collect::<Vec<_>>().join("; "),
        ..Finding::default()
    };
    if own.is_empty() {
        return seen.inconclusive(finding("the component gives an empty identifier, which no list can hold".to_owned()));
    }
    if let Some(bad) = lists.iter().find(|listed| listed.record.is_none()) {
        return seen.fail(finding(format!("{} does not list the device under the identifier that it gives itself, `{own}`", bad.place)));
    }
    if absent.iter().any(|listed| listed.record.is_some()) {
        return seen.inconclusive(finding(format!("`{made_up}`, which was made up, was found as well: the lists tell nothing apart")));
    }
    let control = seen.control(format!(
        "the same search does not find `{made_up}`, which was made up, in lists of {} texts",
        lists.iter().map(|each| each.texts).sum::<usize>()
    ));
    seen.pass(control, finding("every list holds the device under the identifier that it gives itself".to_owned()))
}
