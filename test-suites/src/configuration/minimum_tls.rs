//! Are older versions of TLS refused once a newer one is set as the least?

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::{Component, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::tls;
use serde_json::json;

use crate::setting::{Setting, restoring};

pub(super) const TEST: Test = Test {
    id: "configuration/minimum-tls",
    title: "Are older versions of TLS refused once a newer one is set as the least?",
    shows: &["DC(CTL).4"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| switch(component).is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SC-13"],
    limits: "other settings of cryptography, such as the length of keys",
};

/// Where the least version is set, and the interface that it governs.
fn switch(component: &Component) -> Option<(&Interface, &Operation, &Interface)> {
    component.doing(Purpose::SetMinimumTls).find_map(|(interface, operation)| {
        let governed = operation.governs.as_deref().map_or(Some(interface), |id| component.interface(id))?;
        (operation.is_setting() && interface.speaks.is_http() && governed.speaks.is_tls()).then_some((interface, operation, governed))
    })
}

/// The version in a value such as `1.3`, `TLS 1.3` or `tlsv1.3`.
fn version(value: &str) -> Option<&str> {
    ["1.3", "1.2", "1.1", "1.0"].into_iter().find(|version| value.trim().ends_with(version))
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    restoring(&bench, &component, Box::pin(look(&bench, &component))).await
}

async fn look(bench: &Bench, component: &Component) -> Outcome {
    let (interface, operation, governed) = switch(component).ok_or_else(|| Stop::missing("declare the setting of the least TLS"))?;
    let mut values: Vec<_> = operation.values.iter().filter_map(|value| Some((version(value)?, value))).collect();
    values.sort_unstable();
    let (Some((_, low)), Some((least, high))) = (values.first(), values.last()) else {
        return Err(Stop::missing(format!("no version of TLS stands in the values of `{}`: list them as `1.2`, `1.3`", operation.id)));
    };
    let mut setting = Setting::open(bench, component, interface, operation).await?;
    setting.set(low).await?;
    setting.rest();
    let before = accepted(bench, component, governed).await?;
    let change = setting.set(high).await?;
    setting.rest();
    let after = accepted(bench, component, governed).await?;
    let facts = json!({ "change": change, "accepted_before": before, "accepted_after": after });
    let seen = bench.record("the versions accepted under the lowest and under the highest value", &facts)?;
    let older = |version: &&String| version.starts_with("SSL") || version.as_str() < *least;
    let finding = |reason: String| Finding {
        reason,
        expected: format!("nothing older than TLS {least} once `{high}` is set"),
        observed: format!("under `{low}`: {}; under `{high}`: {}", before.join(", "), after.join(", ")),
        ..Finding::default()
    };
    if change.after != **high {
        return seen.inconclusive(finding(format!("`{high}` could not be set: the value read back is `{}`", change.after)));
    }
    if let Some(bad) = after.iter().find(older) {
        return seen.fail(finding(format!(
            "version {bad} is accepted although {least} is set as the least: apply the setting to new connections"
        )));
    }
    if !before.iter().any(|version| older(&version)) || !after.iter().any(|version| version == least) {
        return seen.inconclusive(finding(
            "nothing older was accepted before, or nothing at all after: the setting made no difference that shows".to_owned(),
        ));
    }
    let control = seen.control(format!("the same hellos agreed on {} before the setting was raised", before.join(" and ")));
    seen.pass(control, finding(format!("only TLS {least} and newer is accepted once it is set as the least")))
}

/// The versions that the server accepts now.
async fn accepted(bench: &Bench, component: &Component, interface: &Interface) -> Result<Vec<String>, Stop> {
    let permit = bench.permit_for(&component.id, interface)?;
    let name = permit.declared_name().map(str::to_owned);
    let survey = tls::survey(&permit, name.as_deref()).await?;
    Ok(survey.accepted().map(str::to_owned).collect())
}
