//! The laboratory as the product's name server (RFC 1035): what is asked, from which ports and under which numbers.

use std::net::Ipv4Addr;
use std::time::Duration;

use assay_wire::{Error, Result, Stopwatch, UdpListener};
use serde::{Deserialize, Serialize};

use crate::handshake::{Cursor, counted};
use crate::text::clean;

/// Labels of a name, each of at most 63 bytes.
const LABELS: usize = 64;
/// An address of IPv4 in the class of the internet, and the pseudo-record that extends a query (RFC 6891).
const ADDRESS: u16 = 1;
const EXTENSION: u16 = 41;
const INTERNET: u16 = 1;
/// Seconds for which an answer may be kept: none, so that the product asks again.
const KEPT: [u8; 4] = [0; 4];

/// A query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// The port that it came from.
    pub port: u16,
    /// Its number.
    pub id: u16,
    /// The name that is asked for.
    pub name: String,
    /// The kind of record, by its number.
    pub kind: u16,
    /// Whether the records of DNSSEC are wanted (RFC 3225) or checked data is (RFC 6840 section 5.7).
    pub wants_dnssec: bool,
}

/// Answers queries for `limit`; less, once `most` came. Every name has this address; other kinds of records do not exist.
///
/// # Errors
/// [`Error::Local`] when the listener itself fails.
pub async fn resolve(listener: &UdpListener, address: Ipv4Addr, limit: Duration, most: usize) -> Result<Vec<Query>> {
    let (watch, mut queries) = (Stopwatch::start(), Vec::new());
    while queries.len() < most {
        let (from, bytes) = match listener.receive(limit.saturating_sub(watch.elapsed())).await {
            Err(Error::TimedOut { .. }) => break,
            other => other?,
        };
        if let Some((query, question)) = read(&bytes, from.port()) {
            listener.answer(from, &answer(&query, question, address)).await?;
            queries.push(query);
        }
    }
    Ok(queries)
}

/// Reads a query with one question; gives the question's bytes too.
pub(super) fn read(bytes: &[u8], port: u16) -> Option<(Query, &[u8])> {
    let mut cursor = Cursor::new(bytes);
    let (id, flags, questions) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
    (flags & 0xf800 == 0 && questions == 1).then_some(())?;
    cursor.take(4)?;
    let extra = cursor.u16()?;
    let start = cursor.rest();
    let name = name(&mut cursor)?;
    let (kind, class) = (cursor.u16()?, cursor.u16()?);
    (class == INTERNET).then_some(())?;
    let question = start.get(..start.len() - cursor.rest().len())?;
    // the root's name, the kind, and the flags behind the size and the version
    let extended = extra > 0 && cursor.u8()? == 0 && cursor.u16()? == EXTENSION;
    let wants_dnssec = flags & 0x20 != 0 || (extended && cursor.take(4).is_some() && cursor.u16()? & 0x8000 != 0);
    Some((Query { port, id, name, kind, wants_dnssec }, question))
}

fn name(cursor: &mut Cursor<'_>) -> Option<String> {
    let mut labels = Vec::new();
    loop {
        match cursor.counted(1)? {
            [] => return Some(labels.join(".")),
            label if label.len() < 64 && labels.len() < LABELS => labels.push(clean(label, 63).to_lowercase()),
            _ => return None,
        }
    }
}

pub(super) fn answer(query: &Query, question: &[u8], address: Ipv4Addr) -> Vec<u8> {
    let found = u8::from(query.kind == ADDRESS);
    let mut bytes = [&query.id.to_be_bytes()[..], &[0x81, 0x80, 0, 1, 0, found, 0, 0, 0, 0], question].concat();
    if found > 0 {
        bytes.extend([0xc0, 12, 0, 1, 0, 1]);
        bytes.extend(KEPT);
        bytes.extend(counted(2, &address.octets()));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ASKED: &[u8] = b"\x12\x34\x01\x00\0\x01\0\0\0\0\0\x01\x01A\x07example\0\0\x01\0\x01\0\0\x29\x04\xd0\0\0\x80\0\0\0";

    #[test]
    fn a_query_is_read_and_answered() {
        let (query, question) = read(ASKED, 9).unwrap();
        let expected = Query { port: 9, id: 0x1234, name: "a.example".to_owned(), kind: 1, wants_dnssec: true };
        assert_eq!(query, expected);
        let answer = answer(&query, question, Ipv4Addr::LOCALHOST);
        assert!(answer.starts_with(b"\x12\x34\x81\x80\0\x01\0\x01") && answer.ends_with(b"\0\x04\x7f\0\0\x01"));
        assert!(!read(&ASKED[..27], 9).is_some_and(|(query, _)| query.wants_dnssec));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let mut bytes = bytes;
            if bytes.len() > 12 {
                bytes[2..6].copy_from_slice(&[1, 0, 0, 1]);
            }
            if let Some((query, question)) = read(&bytes, 1) {
                let _ = answer(&query, question, Ipv4Addr::LOCALHOST);
            }
        }
    }
}
