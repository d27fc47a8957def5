//! Telling well-formed from malformed RSA key exchanges (Bleichenbacher's attack, "ROBOT").
//!
//! Blocks that differ in their form alone are sent as key exchanges. A right server goes on with a secret of its own
//! (RFC 5246 section 7.4.7.1) and treats all alike; one with the flaw answers some otherwise, with the key exchange
//! alone or once the check value has come.

use std::time::Duration;

use assay_wire::Result;
use aws_lc_rs::rand;

use super::{Check, Outcome};
use crate::handshake::counted;
use crate::tls::records;
use crate::tls::session::{Begun, Channel, Reaction, RsaKey, Tamper, kind};

/// The length of the secret in a well-formed block, in bytes.
const SECRET: usize = 48;

/// The form of a block, in the order in which they are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    WellFormed,
    /// It does not begin with 0 and 2.
    WrongStart,
    /// The 0 before the secret stands near the end.
    LateZero,
    /// No 0 stands before the secret.
    NoZero,
    /// The secret names another version.
    WrongVersion,
}

/// All of them.
pub(super) const FORMS: [Form; 5] = [Form::WellFormed, Form::WrongStart, Form::LateZero, Form::NoZero, Form::WrongVersion];

impl Form {
    const fn words(self) -> &'static str {
        match self {
            Self::WellFormed => "well-formed",
            Self::WrongStart => "wrong start",
            Self::LateZero => "late zero",
            Self::NoZero => "no zero",
            Self::WrongVersion => "wrong version",
        }
    }

    /// A block of the length of the key, before it is raised.
    fn block(self, key: &RsaKey, version: u16) -> Option<Vec<u8>> {
        let mut secret = [0x11; SECRET];
        rand::fill(&mut secret[2..]).ok()?;
        secret.iter_mut().skip(2).filter(|byte| **byte == 0).for_each(|byte| *byte = 1);
        let version = if self == Self::WrongVersion { 0x0202 } else { version };
        secret[..2].copy_from_slice(&version.to_be_bytes());
        let mut block = [[0, 2].as_slice(), &key.filling(SECRET)?, &[0], &secret].concat();
        let (end, zero) = (block.len(), block.len() - SECRET - 1);
        match self {
            Self::WellFormed | Self::WrongVersion => {}
            Self::WrongStart => block[..2].copy_from_slice(&[0x41, 0x17]),
            Self::LateZero => {
                block[zero..=zero + 2].fill(0x11);
                block[end - 3..].copy_from_slice(&[0, 0x11, 0x11]);
            }
            Self::NoZero => block[zero..=zero + 2].fill(0x11),
        }
        Some(block)
    }
}

/// What a server did with one block: on the key exchange alone, then once the rest had come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) form: Form,
    pub(super) alone: Reaction,
    pub(super) whole: Option<Reaction>,
}

impl Seen {
    fn words(&self) -> String {
        let whole = self.whole.as_ref().map_or(String::new(), |whole| format!(", then {}", whole.words()));
        format!("{}: {}{whole}", self.form.words(), self.alone.words())
    }

    fn alike(&self, other: &Self) -> bool {
        self.alone == other.alone && self.whole == other.whole
    }
}

/// Sends one block on a handshake in which an RSA key exchange was agreed on. `None` when its key cannot be read.
///
/// # Errors
/// What is no answer of the server.
pub(super) async fn send(begun: Begun, version: u16, form: Form, quiet: Duration, patience: Duration) -> Result<Option<Seen>> {
    let Some(exchange) = exchange(&begun, form) else { return Ok(None) };
    let mut channel = Channel::new(begun.link, Vec::new());
    channel.set_version(version);
    let exchange = channel.record(kind::HANDSHAKE, &exchange, Tamper::Nothing)?;
    let alone = channel.provoke(&exchange, quiet).await?;
    let whole = if alone == Reaction::Silent {
        // a check value that was sealed with no key at all
        let mut sealed = [0; 64];
        rand::fill(&mut sealed).map_err(|_| assay_wire::Error::Local("no random numbers".to_owned()))?;
        let change = channel.record(kind::CHANGE, &[1], Tamper::Nothing)?;
        let finished = channel.record(kind::HANDSHAKE, &sealed, Tamper::Nothing)?;
        Some(channel.provoke(&[change, finished].concat(), patience).await?)
    } else {
        None
    };
    channel.link.abandon();
    Ok(Some(Seen { form, alone, whole }))
}

/// The key exchange message with such a block.
fn exchange(begun: &Begun, form: Form) -> Option<Vec<u8>> {
    let heard = records::read(&begun.heard);
    let flight = heard.flight()?;
    let key = RsaKey::of(flight.chain.first()?)?;
    let offered = u16::from_be_bytes(<[u8; 2]>::try_from(begun.hello.get(4..6)?).ok()?);
    let message = counted(2, &key.raise(&form.block(&key, offered)?));
    let none = if flight.certificate_request { vec![11, 0, 0, 3, 0, 0, 0] } else { Vec::new() };
    Some([none, vec![16], counted(3, &message)].concat())
}

/// Whether all were treated alike.
pub(super) fn all_alike(seen: &[Seen]) -> bool {
    seen.windows(2).all(|pair| matches!(pair, [left, right] if left.alike(right)))
}

/// What it comes to: `rounds` are the answers to all forms, once where all were alike, else repeated.
pub(super) fn judge(rounds: &[Vec<Seen>]) -> Check {
    let Some((first, rest)) = rounds.split_first().filter(|(first, _)| first.len() == FORMS.len()) else {
        return Check::unclear("not every form of the key exchange could be sent");
    };
    let words = first.iter().map(Seen::words).collect::<Vec<_>>().join("; ");
    let last_silent = |seen: &Seen| seen.whole == Some(Reaction::Silent);
    if rounds.iter().any(|round| all_alike(round)) {
        if first.iter().all(last_silent) {
            return Check::unclear("no form of the key exchange was answered at all");
        }
        return Check::of(Outcome::NotVulnerable, format!("all forms of the key exchange were treated alike: {words}"));
    }
    let steady = rest.iter().all(|round| round.len() == first.len() && first.iter().zip(round).all(|(one, other)| one.alike(other)));
    if rest.is_empty() || !steady {
        return Check::unclear(format!(
            "forms of the key exchange were treated in different ways, but not the same way each time: {words}"
        ));
    }
    Check::of(Outcome::Vulnerable, format!("forms of the key exchange are told apart, each time in the same way: {words}"))
}
