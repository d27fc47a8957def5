//! Does each more restrictive mode of operation forbid what is declared of it, and the usual one permit it again?

use assay_engine::{Applies, Bench, Finding, Outcome, Ruling, Seen, Stop, Subject, Test};
use assay_model::profile::{Component, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};

use crate::readout::{offers, place};
use crate::setting::{Attempt, Setting};

pub(super) const TEST: Test = Test {
    id: "security/operating-modes",
    title: "Does each more restrictive mode of operation forbid what is declared of it, and the usual one permit it again?",
    shows: &["DS(OPS).2", "DS(OPS).3"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-2(7), CM-7, CP-12"],
    limits: "other modes than the first restrictive one, what else it restricts, and who may set it",
};

fn applies(subject: &Subject<'_>) -> Applies {
    offers(subject, Purpose::SetMode).into()
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (interface, mode) = place(&component, Purpose::SetMode)?;
    let governed = governed(interface, mode)?;
    let mut switch = Setting::open(&bench, &component, interface, mode).await?;
    switch.rest();
    if mode.values.first().map(String::as_str) != Some(switch.original()) {
        return Err(Stop::missing(format!(
            "the component is in mode `{}`: set it to `{}` first",
            switch.original(),
            mode.values.join("`, or `")
        )));
    }
    let usual = try_governed(&bench, &component, interface, governed).await?;
    let switched = switch.change_rightly().await?;
    switch.rest();
    let restricted = try_governed(&bench, &component, interface, governed).await;
    let left = switch.restore().await;
    switch.rest();
    let (restricted, again) = (restricted?, try_governed(&bench, &component, interface, governed).await?);
    let seen = bench.record("a mode, and what it forbids", &(&switched, &usual, &restricted, &again))?;
    let ruling = judge(seen, &switched, [&usual.0, &restricted.0, &again.0]);
    Ok([left, usual.1, restricted.1, again.1].into_iter().flatten().fold(ruling?, Ruling::note))
}

fn governed<'i>(interface: &'i Interface, mode: &Operation) -> Result<&'i Operation, Stop> {
    let named = mode.governs.as_deref().and_then(|id| interface.operation(id)).filter(|operation| operation.is_setting());
    named.ok_or_else(|| Stop::missing(format!("name the setting that the modes of `{}` forbid: governs in the profile", mode.id)))
}

/// Changes the governed setting as somebody who may, and puts it back.
async fn try_governed(
    bench: &Bench,
    component: &Component,
    interface: &Interface,
    governed: &Operation,
) -> Result<(Attempt, Option<String>), Stop> {
    let mut setting = Setting::open(bench, component, interface, governed).await?;
    let attempt = setting.change_rightly().await;
    let left = if attempt.as_ref().is_ok_and(Attempt::took_effect) { setting.restore().await } else { None };
    setting.rest();
    Ok((attempt?, left))
}

fn judge(seen: Seen, switched: &Attempt, [usual, restricted, again]: [&Attempt; 3]) -> Outcome {
    let finding = |reason: String| Finding {
        reason,
        expected: format!("`{}` works in mode `{}`, not in mode `{}`, and works again", usual.operation, switched.before, switched.tried),
        observed: format!("{:?}, then {:?}, then {:?}", usual.access, restricted.access, again.access),
        ..Finding::default()
    };
    if !usual.took_effect() || !again.took_effect() || !switched.took_effect() {
        return seen.inconclusive(finding("the mode could not be set, or what it governs does not work in the usual mode".to_owned()));
    }
    if restricted.took_effect() {
        let what =
            format!("mode `{}` does not forbid `{}`, though that is declared: enforce the mode", switched.tried, restricted.operation);
        return seen.fail(finding(what));
    }
    let control = seen.control("the same change by the same account was made in the usual mode, before and after");
    seen.pass(control, finding(format!("mode `{}` shows in its read-out, and restricts as declared", switched.tried)))
}
