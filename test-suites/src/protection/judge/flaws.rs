//! Known flaws of TLS servers.

use assay_probes::tls::{Check, Flaws, Outcome, Survey};

use super::Judgement;

/// A flaw by name, what to do about it, and where it is described.
const FLAWS: [(&str, &str, &str); 5] = [
    (
        "heartbeats are answered with bytes that were not sent (Heartbleed)",
        "update the TLS library, and renew keys and passwords",
        "CVE-2014-0160",
    ),
    ("a change of cipher is taken before keys are agreed on (CCS injection)", "update the TLS library", "CVE-2014-0224"),
    (
        "malformed RSA key exchanges are told from well-formed ones (ROBOT)",
        "update the TLS library, or turn RSA key transport off",
        "RFC 5246 7.4.7.1",
    ),
    (
        "a session id comes back with bytes that were not sent (Ticketbleed)",
        "update the TLS library, or turn session tickets off",
        "CVE-2016-9244",
    ),
    ("wrong records of CBC suites are told apart (padding oracle)", "update the TLS library, or turn CBC suites off", "RFC 5246 6.2.3.2"),
];

/// The flaws that were seen, and the looks that came to nothing.
pub(in super::super) fn flaws(survey: &Survey) -> Judgement {
    let mut judged = Judgement::default();
    let Some(flaws) = &survey.flaws else {
        judged.leave_open("known flaws were not looked for");
        return judged;
    };
    if survey.accepted().next().is_none() {
        judged.leave_open("no version was accepted, so that nothing could be looked at: does the server ask for a name (tls_name)?");
    }
    for (check, (what, change, source)) in each(flaws).into_iter().zip(FLAWS) {
        match check.outcome {
            Outcome::Vulnerable => judged.offend(format!("{what}: {}", check.why), change, source),
            Outcome::NotVulnerable if check.control.is_none() => {
                judged
                    .leave_open(format!("whether {what} could not be told: nothing showed that the server still answered ({})", check.why));
            }
            Outcome::Unclear => judged.leave_open(format!("whether {what} could not be told: {}", check.why)),
            Outcome::NotVulnerable | Outcome::NotApplicable => {}
        }
    }
    renegotiation(&mut judged, survey);
    if !flaws.tolerance.refused.is_empty() {
        judged.note(format!("hellos that every server must take are not answered: {}", flaws.tolerance.refused.join(", ")));
    }
    judged.open.extend(super::unclear(survey));
    judged
}

/// A new handshake within a session that is not tied to the first lets a stranger speak first.
fn renegotiation(judged: &mut Judgement, survey: &Survey) {
    let Some(sessions) = &survey.sessions else { return };
    if sessions.insecure_renegotiation == Some(true) {
        let what = "a new handshake within a session is taken without being tied to the first";
        judged.offend(what, "answer with the renegotiation_info extension, or refuse new handshakes", "CVE-2009-3555; RFC 5746 3");
    }
    if sessions.client_renegotiation == Some(true) {
        judged.note("clients may start new handshakes within a session, which cost the server more than the client: refuse them");
    }
}

/// The checks, in the order of the names.
fn each(flaws: &Flaws) -> [&Check; FLAWS.len()] {
    [&flaws.heartbleed, &flaws.ccs_injection, &flaws.robot, &flaws.ticketbleed, &flaws.padding_oracle]
}

/// What each look came to, in words.
pub(in super::super) fn flaws_in_words(survey: &Survey) -> String {
    let Some(flaws) = &survey.flaws else { return String::new() };
    let names = ["heartbeats", "early change of cipher", "RSA key exchange", "session ids", "CBC records"];
    let all = each(flaws).into_iter().zip(names).map(|(check, name)| format!("{name}: {}", check.why));
    all.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use assay_probes::tls::{Sessions, Support};

    use super::*;

    fn survey(change: impl Fn(&mut Flaws)) -> Survey {
        let sound = Check { outcome: Outcome::NotVulnerable, why: "alert".to_owned(), control: Some("alive".to_owned()) };
        let mut flaws = Flaws {
            ccs_injection: sound.clone(),
            robot: sound.clone(),
            ticketbleed: sound.clone(),
            padding_oracle: sound.clone(),
            ..Flaws::default()
        };
        flaws.heartbleed = Check { outcome: Outcome::NotApplicable, ..sound };
        change(&mut flaws);
        Survey { versions: [("1.2".to_owned(), Support::Accepted)].into(), flaws: Some(flaws), ..Survey::default() }
    }

    #[test]
    fn what_was_seen_offends_and_what_is_unclear_stays_open() {
        let counts = |change: fn(&mut Flaws)| {
            let judged = flaws(&survey(change));
            (judged.offences.len(), judged.open.len(), judged.notes.len())
        };
        assert_eq!(counts(|_| {}), (0, 0, 0));
        assert_eq!(counts(|each| each.robot.outcome = Outcome::Vulnerable), (1, 0, 0));
        assert_eq!(counts(|each| each.padding_oracle.outcome = Outcome::Unclear), (0, 1, 0));
        assert_eq!(counts(|each| each.ccs_injection.control = None), (0, 1, 0));
        assert_eq!(counts(|each| each.tolerance.refused.push("grease".to_owned())), (0, 0, 1));
        assert_eq!(flaws(&Survey::default()).open.len(), 1);
    }

    #[test]
    fn new_handshakes_offend_where_they_are_not_tied() {
        let counts = |insecure: bool| {
            let sessions =
                Sessions { insecure_renegotiation: Some(insecure), client_renegotiation: Some(!insecure), ..Sessions::default() };
            let judged = flaws(&Survey { sessions: Some(sessions), ..survey(|_| {}) });
            (judged.offences.len(), judged.notes.len())
        };
        assert_eq!((counts(true), counts(false)), ((1, 0), (0, 1)));
    }
}
