//! Unusual hellos that every server must take: reserved values (RFC 8701), unknown extensions and later versions are to
//! be passed over (RFC 5246 sections 7.4.1.2, 7.4.1.4 and appendix E.1), and a message may be long and come in pieces.

use assay_wire::{Error, Result};

use super::Tolerance;
use super::conclude::{Accepted, Door};
use super::words::bearable;
use crate::handshake::counted;
use crate::tls::records::Reader;
use crate::tls::session::{Client, Wish, hello};

/// What is unusual about a hello.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quirk {
    Grease,
    Unknown,
    Large,
    Split,
    HighVersion,
}

const QUIRKS: [(Quirk, &str); 5] = [
    (Quirk::Grease, "grease"),
    (Quirk::Unknown, "unknown-extension"),
    (Quirk::Large, "large-hello"),
    (Quirk::Split, "split-records"),
    (Quirk::HighVersion, "high-version"),
];

/// Reserved values, one for suites, groups and extensions each.
const GREASE: [u16; 3] = [0x3a3a, 0x5a5a, 0x7a7a];
/// A number that no extension has been given.
const UNKNOWN: u16 = 0xfe0f;
/// The extension that only takes up room (RFC 7685), and how much: hellos beyond 512 bytes met trouble once.
const PADDING: (u16, usize) = (21, 1200);
/// The bytes of the message in each record.
const PIECE: usize = 200;
/// The most bytes of an answer.
const LONGEST_ANSWER: usize = 256 * 1024;

/// How a hello was taken.
enum Taken {
    Yes,
    No(String),
    Unclear(String),
}

/// Sends a hello that is unusual in every way, and where it is not answered one for each way.
///
/// # Errors
/// What is no fault of the server.
pub(super) async fn look<D: Door>(door: &D, accepted: &Accepted, tolerant: Option<bool>) -> Result<Tolerance> {
    let Some((version, suites)) = accepted.iter().next_back() else {
        return Ok(Tolerance { unusual_hello: tolerant, ..Tolerance::default() });
    };
    if tolerant == Some(true) {
        return Ok(Tolerance { unusual_hello: tolerant, ..Tolerance::default() });
    }
    match send(door, *version, suites, &QUIRKS.map(|(quirk, _)| quirk)).await? {
        Taken::Yes => return Ok(Tolerance { unusual_hello: Some(true), ..Tolerance::default() }),
        Taken::Unclear(why) => return Ok(Tolerance { unclear: Some(why), ..Tolerance::default() }),
        Taken::No(_) => {}
    }
    // the ordinary hello shows that it is not the server as such
    if let Taken::No(why) | Taken::Unclear(why) = send(door, *version, suites, &[]).await? {
        return Ok(Tolerance { unclear: Some(format!("an ordinary hello was not answered: {why}")), ..Tolerance::default() });
    }
    let mut tolerance = Tolerance { unusual_hello: Some(false), ..Tolerance::default() };
    for (quirk, word) in QUIRKS {
        match send(door, *version, suites, &[quirk]).await? {
            Taken::Yes => {}
            Taken::No(_) => tolerance.refused.push(word.to_owned()),
            Taken::Unclear(why) => tolerance.unclear = Some(format!("{word}: {why}")),
        }
    }
    Ok(tolerance)
}

/// A hello that is unusual in every way: the message, and its records.
///
/// # Errors
/// `Local`.
pub(super) fn unusual_hello(version: u16, suites: &[u16], name: Option<&str>) -> Result<(Vec<u8>, Vec<u8>)> {
    made(version, suites, name, &QUIRKS.map(|(quirk, _)| quirk))
}

/// A hello made unusual in every way: the message, and its records.
///
/// # Errors
/// `Local`.
pub(super) fn all_unusual(message: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    unusual(message, &QUIRKS.map(|(quirk, _)| quirk)).ok_or_else(unmade)
}

fn unmade() -> Error {
    Error::Local("a hello could not be made".to_owned())
}

fn made(version: u16, suites: &[u16], name: Option<&str>, quirks: &[Quirk]) -> Result<(Vec<u8>, Vec<u8>)> {
    let plain = hello(version, suites, Wish { name, ..Wish::default() })?;
    unusual(&plain, quirks).ok_or_else(unmade)
}

async fn send<D: Door>(door: &D, version: u16, suites: &[u16], quirks: &[Quirk]) -> Result<Taken> {
    let (_, bytes) = made(version, suites, door.name(), quirks)?;
    let mut taken = Taken::Unclear("no connection came about".to_owned());
    // twice: a busy server closes connections too
    for _ in 0..2 {
        let (mut link, _place) = match door.open().await {
            Ok(opened) => opened,
            Err(error) => return bearable(error).map(|()| taken),
        };
        door.count_hello();
        let mut reader = Reader::default();
        let heard = match link.send(&bytes).await {
            Ok(()) => link.receive_until(LONGEST_ANSWER, |raw| reader.take(raw)).await,
            Err(error) => Err(error),
        };
        link.abandon();
        taken = match heard.map(|_| reader.heard()) {
            Ok(heard) if heard.flight().is_some() => return Ok(Taken::Yes),
            Ok(heard) => return Ok(Taken::No(heard.alert.map_or_else(|| "no TLS".to_owned(), crate::handshake::alert_name))),
            Err(error @ (Error::Closed(_) | Error::Reset(_))) => Taken::No(error.to_string()),
            Err(error) => {
                let why = error.to_string();
                bearable(error)?;
                Taken::Unclear(why)
            }
        };
    }
    Ok(taken)
}

/// The hello made unusual, and its records.
fn unusual(message: &[u8], quirks: &[Quirk]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut client = Client::read(message)?;
    let has = |quirk| quirks.contains(&quirk);
    if has(Quirk::Grease) {
        client.suites.splice(0..0, GREASE[0].to_be_bytes());
        if let Some((_, groups)) = client.extensions.iter_mut().find(|(number, _)| *number == 10) {
            let listed = [GREASE[1].to_be_bytes().as_slice(), groups.get(2..)?].concat();
            *groups = counted(2, &listed);
        }
        client.extensions.insert(0, (GREASE[2], Vec::new()));
    }
    if has(Quirk::Unknown) {
        client.extensions.insert(0, (UNKNOWN, b"unknown".to_vec()));
    }
    if has(Quirk::Large) {
        client.extensions.push((PADDING.0, vec![0; PADDING.1]));
    }
    if has(Quirk::HighVersion) {
        client.version = 0x0304;
    }
    let message = client.write();
    let pieces = if has(Quirk::Split) { PIECE } else { 16_384 };
    let records = message.chunks(pieces).flat_map(|piece| [vec![22, 3, 1], counted(2, piece)].concat()).collect();
    Some((message, records))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quirks_are_in_the_hello() {
        let plain = hello(0x0303, &[0xc02f], Wish::default()).unwrap();
        let (_, usual) = unusual(&plain, &[]).unwrap();
        assert_eq!(usual[5..], plain);
        let all: Vec<Quirk> = QUIRKS.iter().map(|(quirk, _)| *quirk).collect();
        let (made, bytes) = unusual(&plain, &all).unwrap();
        assert_eq!(bytes[..5], [22, 3, 1, 0, 200]);
        let message: Vec<u8> = bytes.chunks(205).flat_map(|record| record[5..].to_vec()).collect();
        assert_eq!(made, message);
        let client = Client::read(&message).unwrap();
        assert_eq!((client.version, &client.suites[..2]), (0x0304, [0x3a, 0x3a].as_slice()));
        assert!([UNKNOWN, GREASE[2], 21].iter().all(|wanted| client.extensions.iter().any(|(number, _)| number == wanted)));
    }
}
