//! Is an available update announced only where that is switched on, and can it be chosen to whom?

use assay_engine::{Bench, Finding, Outcome, Stop, Test, Told};
use assay_model::profile::{Component, Interface, Operation, Purpose};
use assay_model::question::{Question, Visit, Wanted};
use assay_model::safety::{Method, Safety};

use crate::setting::{Setting, restoring};
use crate::support::act;

const SHOWN: Wanted = Wanted::Choice(&["shown", "not-shown"]);
const LOOK: Question = Question::doing("look", Visit::App, "Have the product look for an available update now.");
const ANNOUNCED: Question = Question {
    live: true,
    ..Question::asking("announced", Visit::App, "Is an available update announced now, where such notices appear?", SHOWN)
};
const SILENT: Question = Question {
    live: true,
    ..Question::asking("silent", Visit::App, "And now, after notices were switched off: is an available update announced?", SHOWN)
};
const RECIPIENT: Question =
    Question::finding("recipient", Visit::App, "Can it be chosen which person or system is told that an update is available?");

pub(super) const TEST: Test = Test {
    id: "configuration/update-notice",
    title: "Is an available update announced only where that is switched on, and can it be chosen to whom?",
    shows: &["DC(CTL).4.b"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[LOOK, ANNOUNCED, SILENT, RECIPIENT],
    applies: |subject| subject.component().is_some_and(|component| switch(component).is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["EN 303 645 5.3-11"],
    limits: "whether a notice reaches each of those who were chosen",
};

fn switch(component: &Component) -> Option<(&Interface, &Operation)> {
    component.doing(Purpose::SetUpdateNotice).find(|(interface, operation)| interface.speaks.is_http() && operation.is_setting())
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    restoring(&bench, &component, Box::pin(look(&bench, &component))).await
}

async fn look(bench: &Bench, component: &Component) -> Outcome {
    let (interface, operation) = switch(component).ok_or_else(|| Stop::missing("declare the setting of notices about updates"))?;
    let [on, off, ..] = &operation.values[..] else {
        return Err(Stop::missing(format!("list two values of `{}`: on first, off second", operation.id)));
    };
    let mut setting = Setting::open(bench, component, interface, operation).await?;
    let announced = shown(bench, component, &mut setting, on, &ANNOUNCED).await?;
    let silent = shown(bench, component, &mut setting, off, &SILENT).await?;
    let recipient = bench.ask(&RECIPIENT).await?;
    let seen = bench.record("notices of an available update", &(&announced.value, &silent.value, &recipient.value))?;
    let all = [&announced, &silent, &recipient];
    let seen = all.iter().fold(seen, |seen, told| seen.and(told.seen.clone()));
    let finding = |reason: String| Finding {
        reason,
        expected: format!("shown under `{on}`, not shown under `{off}`, and a choice of recipients"),
        observed: format!(
            "{} under `{on}`, {} under `{off}`, recipients can be chosen: {}",
            announced.value, silent.value, recipient.value
        ),
        ..Finding::default()
    };
    let observed = recipient.answer.observation.as_deref().is_some_and(|text| !text.trim().is_empty());
    if silent.value == "shown" && announced.value == "shown" {
        return seen.fail(finding(format!("an available update is announced although `{off}` is set")));
    }
    if recipient.value == "no" {
        return seen.fail(finding("it cannot be chosen who is told that an update is available".to_owned()));
    }
    if announced.value != "shown" || silent.value != "not-shown" {
        return seen.inconclusive(finding(format!(
            "no notice was seen under `{on}`: is an update available, which the manufacturer has to offer?"
        )));
    }
    if recipient.value != "yes" || !observed {
        return seen.inconclusive(finding("whether recipients can be chosen was not told, or without an observation".to_owned()));
    }
    seen.pass(Told::control(all), finding("an available update is announced only where that is switched on".to_owned()))
}

/// Sets the switch, has the product look for an update, and asks somebody whether it is announced.
async fn shown(bench: &Bench, component: &Component, setting: &mut Setting, value: &str, question: &Question) -> Result<Told, Stop> {
    let change = setting.set(value).await?;
    setting.rest();
    if change.after != value {
        return Err(Stop::Inconclusive(format!("`{value}` could not be set: the value read back is `{}`", change.after)));
    }
    act(bench, component, Purpose::CheckForUpdate, &LOOK).await?;
    bench.ask(question).await
}
