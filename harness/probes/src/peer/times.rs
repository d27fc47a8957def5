//! The laboratory as the product's time server (RFC 5905), with a clock that may be wrong on purpose.

use std::time::Duration;

use assay_wire::{Error, Result, Stopwatch, UdpListener};

use crate::ntp::to_ntp;

/// Of a server, in version 4, without a leap second near; stratum 1, and precision about a microsecond.
const SERVER: [u8; 4] = [0x24, 1, 6, 0xec];

/// Answers requests for `limit`; less, once `most` came. `clock` gives the time that is told, in nanoseconds since 1970.
/// Tells how many requests came.
///
/// # Errors
/// [`Error::Local`] when the listener itself fails.
pub async fn tell_time(listener: &UdpListener, clock: impl Fn() -> i128, limit: Duration, most: usize) -> Result<usize> {
    let (watch, mut count) = (Stopwatch::start(), 0);
    while count < most {
        let (from, bytes) = match listener.receive(limit.saturating_sub(watch.elapsed())).await {
            Err(Error::TimedOut { .. }) => break,
            other => other?,
        };
        if let Some(answer) = answer(&bytes, clock()) {
            listener.answer(from, &answer).await?;
            count += 1;
        }
    }
    Ok(count)
}

/// The answer to a client's request (mode 3).
fn answer(request: &[u8], now: i128) -> Option<Vec<u8>> {
    let request: &[u8; 48] = request.first_chunk()?;
    (request[0] & 7 == 3).then_some(())?;
    let now = to_ntp(now);
    // root delay and dispersion nought; the reference is a clock of the laboratory's own
    Some([&SERVER[..], &[0; 8], b"LOCL", &now, &request[40..48], &now, &now].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_read_by_a_client() {
        let sent: i128 = 1_800_000_000_000_000_000;
        let mut request = [0; 48];
        request[0] = 0x23;
        request[40..48].copy_from_slice(&to_ntp(sent));
        let fact = crate::ntp::read(&answer(&request, sent + 5_000_000_000).unwrap(), sent, sent).unwrap();
        assert!((fact.offset_ns - 5_000_000_000).abs() < 10 && fact.stratum == 1);
        assert!(answer(&[0; 48], sent).is_none() && answer(&[0x23; 20], sent).is_none());
    }
}
