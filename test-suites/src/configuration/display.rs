//! Does the display show what is set, and only what those who may have set?

use assay_engine::{Bench, Finding, Outcome, Ruling, Stop, Test, Told};
use assay_model::profile::{Component, Interface, Operation, Purpose};
use assay_model::question::{Question, Visit, Wanted};
use assay_model::safety::{Method, Safety};
use assay_probes::http::Client;

use crate::setting::{Setting, restoring};

/// What the words begin with that are set.
const WORDS: &str = "Assay";

const SHOWN: Question = Question {
    live: true,
    ..Question::asking("shown", Visit::Bench, "Which words does the display show now? Copy them letter by letter.", Wanted::Text)
};

pub(super) const TEST: Test = Test {
    id: "configuration/display",
    title: "Does the display show what is set, and only what those who may have set?",
    shows: &["DC(DSP)"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[SHOWN],
    applies: |subject| subject.component().is_some_and(|component| place(component).is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-8"],
    limits: "other words and pictures on the display than those that can be set",
};

fn place(component: &Component) -> Option<(&Interface, &Operation)> {
    component.doing(Purpose::SetDisplay).find(|(interface, operation)| interface.speaks.is_http() && operation.is_setting())
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    restoring(&bench, &component, Box::pin(look(&bench, &component))).await
}

async fn look(bench: &Bench, component: &Component) -> Outcome {
    let (interface, operation) = place(component).ok_or_else(|| Stop::missing("declare the setting of the display in the profile"))?;
    let mut setting = Setting::open(bench, component, interface, operation).await?;
    let mut stranger = Client::new(bench.permit_for(&component.id, interface)?);
    let refused = setting.try_as("somebody without a credential", &mut stranger, None).await?;
    stranger.close();
    let words = format!("{WORDS} {:06}", bench.now().nanosecond() / 1000);
    let change = setting.set(&words).await?;
    setting.rest();
    let seen = bench.record("the words that were set, and a try by a stranger", &(&refused, &change))?;
    let told = if change.took_effect() { Some(bench.ask(&SHOWN).await) } else { None };
    let left = setting.restore().await;
    let finding = |reason: String, observed: String| Finding {
        reason,
        expected: format!("`{words}` on the display, and a refusal to somebody without a credential"),
        observed,
        ..Finding::default()
    };
    let ruling = match told {
        _ if refused.took_effect() => {
            seen.fail(finding("somebody without a credential set the display: check the caller's rights".to_owned(), refused.after))
        }
        None => seen.inconclusive(finding("the words could not be set: the value read back did not change".to_owned(), change.after)),
        Some(told) => {
            let Told { value, seen: read, .. } = told?;
            let both = seen.and(read);
            if value.contains(&words) {
                let control = both.control("the words were made up for this test, and somebody read them from the display");
                both.pass(control, finding("the display shows the words that were set".to_owned(), value))
            } else {
                both.fail(finding(format!("the display shows `{value}` and not the words that were set, `{words}`"), value))
            }
        }
    };
    Ok(left.into_iter().fold(ruling?, Ruling::note))
}
