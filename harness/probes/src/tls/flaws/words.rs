//! What is concluded from what was and was not seen.

use assay_wire::{Error, Result};

use super::conclude::Accepted;
use super::rides::State;
use super::{Check, Outcome};
use crate::tls::session::{Resumed, Sessions};

/// Why nothing here applies to a server of TLS 1.3 alone.
pub(super) const ONLY_13: &str = "no version before TLS 1.3 is accepted";

/// Whether trouble is the server's: then it is tried again, or left unclear.
pub(super) fn bearable(error: Error) -> Result<()> {
    if error.is_ours() || matches!(error, Error::Budget(_)) { Err(error) } else { Ok(()) }
}

/// The same of a result.
pub(super) fn forgiving<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) => bearable(error).map(|()| None),
    }
}

/// The highest version, or this one, that has usable suites, and those.
pub(super) fn newest(accepted: &Accepted, version: Option<u16>, usable: impl Fn(u16) -> bool) -> Option<(u16, Vec<u16>)> {
    let asked = accepted.iter().rev().filter(|(each, _)| version.is_none_or(|version| version == **each));
    let suites = |all: &Vec<u16>| all.iter().copied().filter(|suite| usable(*suite)).collect::<Vec<u16>>();
    asked.map(|(version, all)| (*version, suites(all))).find(|(_, suites)| !suites.is_empty())
}

/// Closes the link of a session that was offered: whether it was gone on with, and the session id that came back.
pub(super) fn close(resumed: Resumed) -> (bool, Vec<u8>) {
    match resumed {
        Resumed::Yes(open) => {
            open.channel.link.abandon();
            (true, open.echoed)
        }
        Resumed::No(echoed) => (false, echoed),
    }
}

/// What an echo of a short session id comes to.
pub(super) fn bled(sent: &[u8], echoed: &[u8]) -> Check {
    if echoed == sent {
        return Check::of(Outcome::NotVulnerable, "a session id of one byte came back as it was sent");
    }
    if echoed.len() > sent.len() && echoed.starts_with(sent) {
        let why = format!("a session id of one byte came back as {} bytes", echoed.len());
        return Check::of(Outcome::Vulnerable, why);
    }
    Check::of(Outcome::NotVulnerable, "another session id came back than was sent")
}

/// What showed that the server still answered after all looks.
pub(super) fn control(sessions: &Sessions, tolerant: bool) -> Option<String> {
    let resumed = sessions.id_resumption == Some(true) || sessions.ticket_resumption == Some(true);
    if resumed {
        return Some("afterwards a session was gone on with, with the right check values".to_owned());
    }
    tolerant.then(|| "afterwards a hello was answered".to_owned())
}

pub(super) fn no_heartbeat(sessions: &Sessions) -> Check {
    match sessions.heartbeat {
        Some(false) => Check::not_applicable("the server does not offer heartbeats"),
        Some(true) => Check::unclear("the server offers heartbeats, but no session came about in which to send one"),
        None => Check::not_applicable("heartbeats were offered in no handshake that the server answered"),
    }
}

pub(super) fn no_cbc(accepted: &Accepted) -> Check {
    let cbc = accepted.values().flatten().any(|suite| crate::handshake::has(*suite, "cbc"));
    if cbc {
        return Check::unclear("CBC suites are accepted, but none in which a session can be held here");
    }
    Check::not_applicable("no CBC suite of TLS is accepted")
}

pub(super) fn not_shown(trouble: Option<String>) -> Check {
    Check::unclear(
        trouble.map_or_else(
            || "the handshakes did not come about".to_owned(),
            |trouble| format!("the handshakes did not come about: {trouble}"),
        ),
    )
}

impl Check {
    /// The same with this control, where something was seen and none stands yet.
    #[must_use]
    pub(super) fn with(mut self, control: Option<String>) -> Self {
        if matches!(self.outcome, Outcome::Vulnerable | Outcome::NotVulnerable) {
            self.control = self.control.or(control);
        }
        self
    }
}

impl State {
    /// Says of questions without an answer why.
    pub(super) fn explain(&self, sessions: &mut Sessions, spoken: bool) {
        let trouble = self.trouble.clone().unwrap_or_else(|| "no handshake came to its end".to_owned());
        let open = [
            ("extended_master_secret", sessions.extended_master_secret.is_none()),
            ("id_resumption", sessions.id_resumption.is_none()),
            ("ticket_resumption", sessions.ticket_resumption.is_none()),
            ("client_renegotiation", sessions.client_renegotiation.is_none()),
        ];
        for (question, _) in open.into_iter().filter(|(_, open)| *open && spoken) {
            sessions.unclear.entry(question.to_owned()).or_insert_with(|| trouble.clone());
        }
    }
}
