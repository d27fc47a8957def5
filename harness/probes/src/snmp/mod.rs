//! SNMP: whether a community reads anything, and whether version 3 is spoken.

mod ber;
mod log_ins;

use std::fmt::Write;

use assay_wire::{Datagrams, Error, Permit, Result};
use serde::{Deserialize, Serialize};

use crate::text::clean;
use ber::{Element, integer, octets, wrap};
pub use log_ins::LogIns;

/// Datagrams sent before silence counts as one.
const ASKS: u32 = 2;
/// Datagrams read in answer to one; strays are passed over.
const STRAYS: usize = 4;
/// Characters kept of a value.
const TEXT: usize = 1024;
/// sysDescr.0, 1.3.6.1.2.1.1.1.0 (RFC 3418), as it stands in a message.
const SYS_DESCR: &[u8] = &[0x2b, 6, 1, 2, 1, 1, 1, 0];
const GET: u8 = 0xa0;
const RESPONSE: u8 = 0xa2;
const REPORT: u8 = 0xa8;

/// A version with communities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Version {
    /// Version 1 (RFC 1157).
    V1,
    /// Version 2c (RFC 1901).
    V2c,
}

/// What an agent of version 3 tells to anyone (RFC 3414, section 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// Its identifier, in hexadecimal.
    pub id: String,
    /// How often it started.
    pub boots: i64,
    /// Seconds since it started.
    pub seconds: i64,
}

/// What an agent makes of a request.
pub(crate) enum Answer {
    Value(String),
    NoAccess,
}

/// Reads sysDescr.0 with this community. `None` is silence, or the answer that there is no access: agents pass over
/// communities that they do not know. An agent that has no such object answers with an empty text.
///
/// # Errors
/// [`Error::Budget`] when no failed log-in is left; [`Error::Refused`] when nothing listens; [`Error::Malformed`].
pub async fn get(permit: &Permit, version: Version, community: &str) -> Result<Option<String>> {
    let id = request_id()?;
    let mut turn = permit.turn_to_log_in().await?;
    turn.send()?;
    match exchange(permit, &get_request(version, community, id), |bytes| read_response(bytes, id)).await {
        Ok(Some(Answer::Value(value))) => {
            turn.accepted();
            Ok(Some(value))
        }
        Ok(Some(Answer::NoAccess)) => Ok(None),
        Ok(None) => {
            turn.unanswered();
            Ok(None)
        }
        Err(error) => {
            if matches!(error, Error::Refused(_)) {
                turn.unsent();
            }
            Err(error)
        }
    }
}

/// Asks an agent of version 3 for its engine. `None` is silence.
///
/// # Errors
/// As [`get`], without the budget of log-ins.
pub async fn discover(permit: &Permit) -> Result<Option<Engine>> {
    let id = request_id()?;
    exchange(permit, &discovery(id), read_report).await
}

/// Sends until a datagram comes that `read` takes; `Malformed` when all that came was something else.
async fn exchange<T>(permit: &Permit, request: &[u8], read: impl Fn(&[u8]) -> Option<T>) -> Result<Option<T>> {
    let mut datagrams = permit.udp().await?;
    datagrams.set_patience(permit.deadlines().answer / ASKS);
    let mut odd = false;
    for _ in 0..ASKS {
        datagrams.send(request).await?;
        for _ in 0..STRAYS {
            match next(&mut datagrams).await? {
                None => break,
                Some(bytes) => match read(&bytes) {
                    Some(answer) => return Ok(Some(answer)),
                    None => odd = true,
                },
            }
        }
    }
    if odd {
        return Err(Error::Malformed { peer: permit.peer(), what: "the datagrams are no answer of SNMP to the request".to_owned() });
    }
    Ok(None)
}

async fn next(datagrams: &mut Datagrams) -> Result<Option<Vec<u8>>> {
    match datagrams.receive().await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(Error::TimedOut { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn request_id() -> Result<i32> {
    let mut bytes = [0; 4];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Local("no random numbers can be had".to_owned()))?;
    Ok(i32::from_be_bytes(bytes) & 0x7fff_ffff)
}

fn get_request(version: Version, community: &str, id: i32) -> Vec<u8> {
    let variable = wrap(0x30, &[octets(0x06, SYS_DESCR), vec![5, 0]]);
    let pdu = wrap(GET, &[integer(id), integer(0), integer(0), wrap(0x30, &[variable])]);
    let number = match version {
        Version::V1 => 0,
        Version::V2c => 1,
    };
    wrap(0x30, &[integer(number), octets(0x04, community.as_bytes()), pdu])
}

/// A message of version 3 to an engine not known yet, without security, that asks for a report.
fn discovery(id: i32) -> Vec<u8> {
    let empty = || octets(0x04, b"");
    let global = wrap(0x30, &[integer(id), integer(65_507), octets(0x04, &[4]), integer(3)]);
    let security = wrap(0x30, &[empty(), integer(0), integer(0), empty(), empty(), empty()]);
    let pdu = wrap(GET, &[integer(id), integer(0), integer(0), wrap(0x30, &[])]);
    let scoped = wrap(0x30, &[empty(), empty(), pdu]);
    wrap(0x30, &[integer(3), global, octets(0x04, &security), scoped])
}

/// The value in a response to request `id`; `None` when the bytes are none.
pub(crate) fn read_response(bytes: &[u8], id: i32) -> Option<Answer> {
    let message = Element::only(bytes, 0x30)?;
    let [_version, _community, pdu] = message.children::<3>()?;
    let [request, status, _index, variables] = pdu.tagged(RESPONSE)?.children::<4>()?;
    if request.integer()? != i64::from(id) {
        return None;
    }
    // 2 is noSuchName; 6 and 16 are noAccess and authorizationError (RFC 3416, section 3)
    match status.integer()? {
        0 => {}
        6 | 16 => return Some(Answer::NoAccess),
        _ => return Some(Answer::Value(String::new())),
    }
    let [variable] = variables.children::<1>()?;
    let [_name, value] = variable.children::<2>()?;
    Some(Answer::Value(if value.tag == 0x04 { clean(value.content, TEXT) } else { String::new() }))
}

pub(crate) fn read_report(bytes: &[u8]) -> Option<Engine> {
    let [version, _global, security, scoped] = Element::only(bytes, 0x30)?.children::<4>()?;
    let [_, _, pdu] = scoped.children::<3>()?;
    if version.integer()? != 3 || !matches!(pdu.tag, REPORT | RESPONSE) {
        return None;
    }
    let [id, boots, seconds, ..] = Element::only(security.content, 0x30)?.children::<6>()?;
    let id = id.content.iter().take(64).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    Some(Engine { id, boots: boots.integer()?, seconds: seconds.integer()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{nothing, permit, serve_udp};
    use proptest::prelude::*;

    /// Answers the community `public`, as agents do: by the same message with a value in it.
    fn agent(request: &[u8]) -> Vec<Vec<u8>> {
        let fields = || {
            let [_, community, pdu] = Element::only(request, 0x30)?.children::<3>()?;
            let [id, ..] = pdu.children::<4>()?;
            (community.content == b"public").then_some(id.integer()?)
        };
        let Some(id) = fields() else { return vec![] };
        let variable = wrap(0x30, &[octets(0x06, SYS_DESCR), octets(0x04, b"a washer")]);
        let pdu = wrap(RESPONSE, &[integer(i32::try_from(id).unwrap()), integer(0), integer(0), wrap(0x30, &[variable])]);
        vec![b"stray".to_vec(), wrap(0x30, &[integer(1), octets(0x04, b"public"), pdu])]
    }

    #[tokio::test]
    async fn communities() {
        let permit = permit(serve_udp(agent).await);
        let before = permit.logins_left();
        assert_eq!(get(&permit, Version::V2c, "public").await, Ok(Some("a washer".to_owned())));
        assert_eq!(permit.logins_left(), before);
        assert_eq!(get(&permit, Version::V1, "private").await, Ok(None));
        assert_eq!(permit.logins_left(), before - 1);
        assert_eq!(discover(&permit).await, Ok(None));
    }

    #[tokio::test]
    async fn nothing_and_nonsense() {
        assert!(matches!(get(&permit(nothing().await), Version::V1, "public").await, Err(Error::Refused(_))));
        let babble = serve_udp(|_| vec![b"0\x02\x01".to_vec()]).await;
        assert!(matches!(get(&permit(babble), Version::V1, "public").await, Err(Error::Malformed { .. })));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(prop_oneof![Just(0x30u8), Just(0x02), Just(0x84), any::<u8>()], 0..120)) {
            let _ = (read_response(&bytes, 1), read_report(&bytes));
        }
    }
}
