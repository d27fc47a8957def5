//! NTP as a client (RFC 5905): how far a server's clock is off.

use assay_wire::{Error, Permit, Result};
use serde::{Deserialize, Serialize};

use crate::text::escaped;

/// Seconds from the beginning of NTP's first era (1900) to that of Unix time (1970).
const UNIX_EPOCH: i128 = 2_208_988_800;
const SECOND: i128 = 1_000_000_000;
/// Datagrams read in answer to a request; strays are passed over.
const STRAYS: usize = 4;

/// What a time server answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NtpFact {
    /// The version of its answer.
    pub version: u8,
    /// Leap indicator: 0 none, 1 and 2 a leap second is near, 3 the clock is not synchronised.
    pub leap: u8,
    /// Stratum: 1 a reference clock, 2 to 15 its distance from one, 0 a refusal (kiss-o'-death), 16 not synchronised.
    pub stratum: u8,
    /// The reference: four letters at strata 0 and 1, else an address in dotted form.
    pub reference: String,
    /// Nanoseconds by which the server's clock is ahead of the caller's.
    pub offset_ns: i64,
    /// Nanoseconds that the exchange took, without the server's own time.
    pub delay_ns: i64,
}

/// Asks a time server. `wall` reads the caller's clock, in nanoseconds since the beginning of 1970.
///
/// # Errors
/// [`Error::TimedOut`] and [`Error::Refused`] of the datagrams; [`Error::Malformed`] when only other things came.
pub async fn ask(permit: &Permit, wall: impl Fn() -> i128) -> Result<NtpFact> {
    let mut datagrams = permit.udp().await?;
    let mut request = [0; 48];
    request[0] = 0x23;
    let sent = wall();
    request[40..48].copy_from_slice(&to_ntp(sent));
    datagrams.send(&request).await?;
    let mut odd = String::new();
    for _ in 0..STRAYS {
        let answer = match datagrams.receive().await {
            Err(Error::TimedOut { .. }) if !odd.is_empty() => break,
            other => other?,
        };
        match read(&answer, sent, wall()) {
            Ok(fact) => return Ok(fact),
            Err(what) => odd = what,
        }
    }
    Err(Error::Malformed { peer: permit.peer(), what: odd })
}

/// Reads an answer to a request that was sent at `sent` and answered at `received`, in nanoseconds since 1970.
///
/// # Errors
/// Why the bytes are no answer to it.
pub fn read(bytes: &[u8], sent: i128, received: i128) -> std::result::Result<NtpFact, String> {
    let packet: &[u8; 48] = bytes.first_chunk().ok_or_else(|| format!("{} bytes are too few for NTP", bytes.len()))?;
    let field = |at: usize| -> [u8; 8] { std::array::from_fn(|index| packet[at + index]) };
    if packet[0] & 7 != 4 {
        return Err(format!("mode {} is not that of a server", packet[0] & 7));
    }
    if field(24) != to_ntp(sent) {
        return Err("the answer belongs to another request".to_owned());
    }
    let (took, gave) = (from_ntp(field(32), sent), from_ntp(field(40), sent));
    let id = &packet[12..16];
    Ok(NtpFact {
        version: packet[0] >> 3 & 7,
        leap: packet[0] >> 6,
        stratum: packet[1],
        reference: if packet[1] < 2 { escaped(id, 4) } else { id.iter().map(u8::to_string).collect::<Vec<_>>().join(".") },
        offset_ns: narrow(i128::midpoint(took - sent, gave - received)),
        delay_ns: narrow((received - sent) - (gave - took)),
    })
}

/// Nanoseconds in 64 bits, which hold 292 years; more than that is cut off there.
fn narrow(ns: i128) -> i64 {
    i64::try_from(ns).unwrap_or(if ns < 0 { i64::MIN } else { i64::MAX })
}

/// A time as NTP writes it: 32 bits of seconds, which wrap every 136 years, and 32 of fractions.
pub(crate) fn to_ntp(unix_ns: i128) -> [u8; 8] {
    let seconds = u32::try_from((unix_ns.div_euclid(SECOND) + UNIX_EPOCH).rem_euclid(1 << 32)).unwrap_or_default();
    let fraction = u32::try_from((unix_ns.rem_euclid(SECOND) << 32) / SECOND).unwrap_or_default();
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&seconds.to_be_bytes());
    bytes[4..].copy_from_slice(&fraction.to_be_bytes());
    bytes
}

/// The time in nanoseconds since 1970, in the era that brings it nearest to `about`.
pub(crate) fn from_ntp(bytes: [u8; 8], about: i128) -> i128 {
    let number = i128::from(u64::from_be_bytes(bytes));
    let seconds = (number >> 32) - UNIX_EPOCH;
    let fraction = ((number & 0xffff_ffff) * SECOND) >> 32;
    let era = (1_i128 << 32) * SECOND;
    let time = seconds * SECOND + fraction;
    time + (about - time + era / 2).div_euclid(era) * era
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{permit, serve_udp};
    use proptest::prelude::*;

    const NOW: i128 = 1_800_000_000 * SECOND + 250_000_000;

    /// A server whose clock is `ahead` nanoseconds ahead of `NOW`.
    fn answer(request: &[u8], ahead: i128) -> Vec<u8> {
        let mut packet = vec![0; 48];
        packet[0] = 0x24;
        packet[1] = 1;
        packet[12..16].copy_from_slice(b"GPS\0");
        packet[24..32].copy_from_slice(&request[40..48]);
        packet[32..40].copy_from_slice(&to_ntp(NOW + ahead));
        packet[40..48].copy_from_slice(&to_ntp(NOW + ahead));
        packet
    }

    #[tokio::test]
    async fn a_clock_that_is_ahead() {
        let port = serve_udp(|request| vec![b"stray".to_vec(), answer(request, 3_600 * SECOND)]).await;
        let fact = ask(&permit(port), || NOW).await.unwrap();
        assert_eq!((fact.version, fact.leap, fact.stratum, fact.reference.as_str()), (4, 0, 1, "GPS\\x00"));
        assert!((i128::from(fact.offset_ns) - 3_600 * SECOND).abs() < 10, "{fact:?}");
    }

    #[tokio::test]
    async fn an_answer_to_another_request() {
        let port = serve_udp(|_| vec![answer(&[0; 48], 0)]).await;
        assert!(matches!(ask(&permit(port), || NOW).await, Err(Error::Malformed { .. })));
    }

    #[test]
    fn eras() {
        for time in [0, NOW, 2_085_978_496 * SECOND, 4_000_000_000 * SECOND] {
            assert!((from_ntp(to_ntp(time), time + SECOND) - time).abs() < 2);
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80), sent in any::<i64>()) {
            let mut bytes = bytes;
            if bytes.len() >= 48 {
                bytes[0] = 0x24;
                bytes[24..32].copy_from_slice(&to_ntp(i128::from(sent)));
            }
            let _ = read(&bytes, i128::from(sent), i128::from(sent));
        }
    }
}
