//! Is somebody refused who takes the name of a device without its credential?

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::{Account, Topics};
use assay_model::safety::{Method, Safety};
use assay_probes::mqtt::{Connect, Connected, connect_any};
use serde::Serialize;

pub(super) const TEST: Test = Test {
    id: "identification/device-impostor",
    title: "Is somebody refused who takes the name of a device without its credential?",
    shows: &["DI(DAS).2"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 IA-3", "MQTT 5 section 5.4.1"],
    limits: "devices other than the two of the profile, and credentials that were copied from a device",
};

fn applies(subject: &Subject<'_>) -> Applies {
    subject.interface().is_some_and(|(_, interface)| interface.speaks.is_mqtt() && interface.topics.is_some()).into()
}

/// What came of one way to connect in the name of the device.
#[derive(Debug, Serialize)]
struct Try {
    how: &'static str,
    accepted: bool,
    /// Refused in so many words.
    refused: bool,
    answer: String,
}

async fn run(bench: Bench) -> Outcome {
    let interface = bench.interface()?;
    let topics = interface.topics.as_ref().ok_or_else(|| Stop::missing("the interface declares no `topics`"))?;
    let (own, other) = accounts(&bench, topics)?;
    let (secret, foreign) = (bench.secret(&own)?, bench.secret(&other)?);
    let name = own.user.as_str();
    let ways = [
        ("with its own credential", Connect::password(name, name, &secret)),
        ("without any credential", Connect::anonymous(name)),
        ("with the credential of another device", Connect::password(name, name, &foreign)),
        ("with its own credential again", Connect::password(name, name, &secret)),
    ];
    let (mut tries, mut seen) = (Vec::new(), bench.record("the name of the device", &name)?);
    for (how, options) in ways {
        let (_, connected) = connect_any(&bench.permit()?, &options).await?;
        let tried = match connected {
            Connected::Accepted(_) => Try { how, accepted: true, refused: false, answer: "accepted".to_owned() },
            Connected::Refused(code) => Try { how, accepted: false, refused: code.is_about_rights(), answer: code.name.clone() },
            Connected::Closed => Try { how, accepted: false, refused: false, answer: "hung up".to_owned() },
        };
        seen = seen.and(bench.record("a connection in the name of the device", &tried)?);
        tries.push(tried);
    }
    judge(&tries, seen)
}

fn accounts(bench: &Bench, topics: &Topics) -> Result<(Account, Account), Stop> {
    let profile = bench.profile();
    let named = |id: &str| profile.accounts.iter().find(|account| account.id == id).cloned();
    let both = named(&topics.account).zip(named(&topics.foreign_account)).filter(|(own, other)| own.user != other.user);
    both.ok_or_else(|| Stop::missing("`topics` needs two accounts of devices with different names: mend the profile"))
}

fn judge(tries: &[Try], seen: Seen) -> Outcome {
    let finding = |reason: String| Finding {
        reason,
        expected: "accepted with its own credential alone, refused in so many words otherwise".to_owned(),
        observed: tries.iter().map(|each| format!("{}: {}", each.how, each.answer)).collect::<Vec<_>>().join("; "),
        ..Finding::default()
    };
    let (right, wrong): (Vec<_>, Vec<_>) = tries.iter().partition(|each| each.how.contains("its own"));
    if let Some(bad) = wrong.iter().find(|each| each.accepted) {
        return seen
            .fail(finding(format!("a connection in the name of a device was accepted {}: hold the name against the credential", bad.how)));
    }
    if !right.iter().all(|each| each.accepted) || !wrong.iter().all(|each| each.refused) {
        return seen
            .inconclusive(finding("the device itself was not accepted, or an impostor was not refused in so many words".to_owned()));
    }
    let control = seen.control("the same name was accepted with its own credential, before and after");
    seen.pass(control, finding("impostors were refused".to_owned()))
}
