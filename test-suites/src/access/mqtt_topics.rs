//! MQTT topics: can an account read or write what belongs to another one?

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::Speaks;
use assay_model::safety::{Method, Safety};

use super::topics::{Facts, Trial};

pub(super) const TEST: Test = Test {
    id: "access/mqtt-topics",
    title: "An MQTT account keeps to its own topics",
    shows: &["LA(AUZ).2"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &[SOURCE],
    limits: "topics and accounts other than the declared ones, and messages that are kept by the broker",
};

const SOURCE: &str = "SP 800-53 AC-3; MQTT 5 section 5.4.2";

fn applies(subject: &Subject<'_>) -> Applies {
    subject.interface().is_some_and(|(_, interface)| matches!(interface.speaks, Speaks::Mqtt | Speaks::Mqtts)).into()
}

async fn run(bench: Bench) -> Outcome {
    let trial = Trial::new(&bench)?;
    let mut facts = Facts::default();
    let done = trial.go(&mut facts).await;
    let seen = bench.record("subscriptions and publications beyond an account's rights", &facts)?;
    judge(&trial, &facts, done, seen)
}

fn judge(trial: &Trial, facts: &Facts, done: Result<(), Stop>, seen: Seen) -> Outcome {
    let topics = &trial.topics;
    let finding = |reason: String, observed: String| Finding {
        reason,
        expected: format!("`{}` neither reads nor writes `{}`", topics.account, topics.foreign),
        observed,
        source: SOURCE.to_owned(),
    };
    let mut leaks: Vec<String> =
        facts.filters.iter().filter(|each| each.leaked).map(|each| format!("reads it by `{}`", each.filter)).collect();
    if facts.foreign_written == Some(true) {
        leaks.push("writes to it".to_owned());
    }
    if !leaks.is_empty() {
        let leaks = leaks.join(", ");
        let reason = format!(
            "account `{}` reaches the topic `{}` of `{}`: {leaks}: restrict each account to its own topics",
            topics.account, topics.foreign, topics.foreign_account
        );
        return seen.fail(finding(reason, leaks));
    }
    done?;
    let answers: Vec<String> = facts.filters.iter().map(|each| format!("`{}` {}", each.filter, each.reply)).collect();
    let control = seen.control(format!(
        "`{}` received its own message on `{}`, and `{}` received its own on `{}` at the same time",
        topics.account, topics.own, topics.foreign_account, topics.foreign
    ));
    seen.pass(control, finding("no foreign message was received, and none was delivered".to_owned(), answers.join(", ")))
}
