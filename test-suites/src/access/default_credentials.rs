//! Well-known credentials: does any of them open a log-in?

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Subject, Test};
use assay_model::safety::{Method, Safety};

use super::door;
use super::well_known::{End, Pair, Trial};

pub(super) const TEST: Test = Test {
    id: "access/default-credentials",
    title: "No well-known credential is accepted",
    shows: &["LA(AUN).2"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &[SOURCE],
    limits: "passwords outside the list, passwords that follow from a serial number or address, and pairs behind a lock that is neither \
             declared nor told",
};

const SOURCE: &str = "EN 303 645 5.1-1; SP 800-53 IA-5(1)";

fn applies(subject: &Subject<'_>) -> Applies {
    subject.interface().is_some_and(|(_, interface)| door::service(interface).is_some()).into()
}

async fn run(bench: Bench) -> Outcome {
    let mut trial = Trial::new(&bench)?;
    let end = trial.go().await;
    let seen = bench.record("log-ins with well-known credentials", &trial.facts)?;
    judge(&trial, end?, seen)
}

fn judge(trial: &Trial, end: End, seen: Seen) -> Outcome {
    let facts = &trial.facts;
    let finding = |reason: String, observed: String| Finding {
        reason,
        expected: format!("none of {} well-known pairs is accepted", facts.planned),
        observed,
        source: SOURCE.to_owned(),
    };
    let tried = format!("{} of {} pairs tried, none accepted", facts.answered(), facts.planned);
    match end {
        End::Found(pair) => seen.fail(finding(found(trial, &pair), format!("{}/{} accepted", pair.user, pair.password))),
        End::AnyPassword(user) => {
            let why = format!("user `{user}` is let in with a password that nobody set: check the password at each log-in");
            seen.fail(finding(why, "a password that cannot be right was accepted".to_owned()))
        }
        End::Broken(why) => seen.inconclusive(finding(why, tried)),
        End::AllRefused if facts.right == 0 => {
            let why = "no account of this interface is known, so nothing shows that any password would be accepted: add one to the profile";
            seen.inconclusive(finding(why.to_owned(), tried))
        }
        End::AllRefused => {
            let control = seen.control(format!(
                "declared accounts were let in by the same log-in {} times, before, between and after, and a password that cannot be right \
                 was refused",
                facts.right
            ));
            seen.pass(control, finding("every well-known pair was refused".to_owned(), tried))
        }
    }
}

fn found(trial: &Trial, pair: &Pair) -> String {
    let whose = trial.owner(pair).map_or_else(String::new, |account| {
        format!("; it is the password that the profile gives for account `{account}`: if the laboratory set it, set another and run again")
    });
    let what = if pair.user.is_empty() {
        format!("the community `{}` is accepted", pair.password)
    } else {
        format!("user `{}` with password `{}` is let in", pair.user, pair.password)
    };
    format!("{what} ({}): give each unit its own password, or have the user set one{whose}", pair.source)
}
