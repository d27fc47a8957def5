//! How a server behaves beside what it accepts: cookies, fragments, repetition, and what it makes of extensions.

use std::time::Duration;

use assay_wire::Result;

use super::asker::{Accepted, Answer, Asker, Offer, judge};
use super::line::Line;
use super::{Cookies, Extensions, Fragments, Repetition, Reply};
use crate::handshake::{Hello, alert_name, extension};

/// The longest wait for something that the server says unasked; RFC 6347 section 4.2.4.1 has it wait one second.
const LONGEST_WATCH: Duration = Duration::from_millis(2_500);
const MAX_FRAGMENT_LENGTH: u16 = 1;
const RECORD_SIZE_LIMIT: u16 = 28;
const CONNECTION_ID: u16 = 54;
/// Extensions that are offered beside a suite that is accepted: an offer of records of 512 bytes at most in either
/// way, of heartbeats, a ticket, and an empty connection identifier.
const OFFERS: [(u16, &[u8]); 5] = [
    (MAX_FRAGMENT_LENGTH, &[1]),
    (extension::HEARTBEAT, &[1]),
    (RECORD_SIZE_LIMIT, &[2, 0]),
    (extension::SESSION_TICKET, &[]),
    (CONNECTION_ID, &[0]),
];

/// Offers extensions and compression in one hello; one by one when that hello is refused.
pub(super) async fn extensions(asker: &mut Asker<'_>, control: &Hello) -> Result<Extensions> {
    let mut found = Extensions::default();
    let all = OFFERS.iter().fold(control.clone(), |hello, (number, content)| hello.with(*number, content.to_vec()));
    let all = Hello { compression: vec![1, 0], ..all };
    if let Offer::Accepted(accepted) = asker.offer(&all).await? {
        let names: Vec<u16> = OFFERS.iter().map(|(number, _)| *number).collect();
        found.take(&accepted, &names);
        found.compression = Some(accepted.flight.hello.compression != 0);
        return Ok(found);
    }
    for (number, content) in OFFERS {
        if let Offer::Accepted(accepted) = asker.offer(&control.clone().with(number, content.to_vec())).await? {
            found.take(&accepted, &[number]);
        }
    }
    if let Offer::Accepted(accepted) = asker.offer(&Hello { compression: vec![1, 0], ..control.clone() }).await? {
        found.compression = Some(accepted.flight.hello.compression != 0);
    }
    Ok(found)
}

impl Extensions {
    fn take(&mut self, accepted: &Accepted, offered: &[u16]) {
        let answered = &accepted.flight.hello.extensions;
        for number in offered {
            let place = match *number {
                MAX_FRAGMENT_LENGTH => &mut self.max_fragment_length,
                extension::HEARTBEAT => &mut self.heartbeat,
                RECORD_SIZE_LIMIT => &mut self.record_size_limit,
                extension::SESSION_TICKET => &mut self.session_ticket,
                _ => &mut self.connection_id,
            };
            *place = Some(answered.contains(number));
        }
        // RFC 8449 section 5: a server that knows the record size limit passes over the other
        if self.record_size_limit == Some(true) && self.max_fragment_length == Some(false) {
            self.max_fragment_length = None;
        }
    }
}

/// Whether a cookie that the server did not give is good enough, and whether the request for one is repeated unasked,
/// as only a server can that keeps state before the cookie comes back.
pub(super) async fn cookies(asker: &mut Asker<'_>, control: &Hello) -> Result<Cookies> {
    let mut found = Cookies::default();
    let mut line = asker.open().await?;
    if let Some(mut cookie) = line.first(control).await?.cookie().filter(|cookie| !cookie.is_empty()) {
        found.bytes = Some(cookie.len());
        let limit = asker.deadline().min(LONGEST_WATCH);
        let repeats = line.counts.repeats;
        let again = line.watch(limit).await?.is_some();
        // where the hello itself was repeated, a late answer to that cannot be told apart
        found.repeated_unasked = Some(again).filter(|again| !again || repeats == 0);
        for byte in &mut cookie {
            *byte ^= 0x5a;
        }
        line.cookie = Some(cookie);
        let heard = line.with_false_cookie(control).await?;
        let accepted = matches!(judge(&heard, true), Answer::Flight(_));
        found.checked = Some(!accepted);
        // a server that serves one client at a time waits for this one to go on: with the right cookie it ends soon
        if let Some(cookie) = heard.cookie() {
            line.cookie = Some(cookie);
            line.with_cookie(control).await?;
        }
        line.leave().await;
    }
    asker.count(&mut line);
    Ok(found)
}

/// Whether a hello in two fragments is understood. In DTLS up to 1.2 it is the hello with the cookie: a server that
/// keeps no state before it cannot put fragments together (RFC 6347 section 4.2.1).
pub(super) async fn fragments(asker: &mut Asker<'_>, control: &Hello, asks_cookie: bool) -> Result<Fragments> {
    let shape = asker.shape;
    let (largest_datagram, largest_record) = (shape.largest_datagram, shape.largest_record);
    let mut found = Fragments { own: shape.fragmented, largest_datagram, largest_record, hello: None };
    for last in [false, true] {
        let mut line = asker.open().await?;
        line.set_wait(asker.flight_patience());
        let answer = split(&mut line, control, asks_cookie).await;
        asker.count(&mut line);
        let reply = match answer? {
            Answer::Flight(_) => Reply::Accepted,
            Answer::Alert(code) => Reply::Refused { how: alert_name(code) },
            Answer::Garbled(what) => return Err(asker.malformed(&what)),
            Answer::Silent => Reply::Silent,
        };
        if reply == Reply::Silent {
            line.set_fragments(1);
            let _ = if line.cookie.is_some() { line.with_cookie(control).await } else { line.first(control).await };
            asker.count(&mut line);
        }
        line.leave().await;
        drop(line);
        let silent = reply == Reply::Silent;
        found.hello = Some(reply);
        // silence counts only beside an answered control, and when it comes twice
        if !silent || last {
            break;
        }
        let Offer::Accepted(_) = asker.offer(control).await? else { return Err(asker.late()) };
    }
    Ok(found)
}

async fn split(line: &mut Line, control: &Hello, asks_cookie: bool) -> Result<Answer> {
    if asks_cookie {
        line.cookie = line.first(control).await?.cookie();
    }
    line.set_fragments(2);
    let heard = if line.cookie.is_some() { line.with_cookie(control).await? } else { line.first(control).await? };
    Ok(judge(&heard, true))
}

/// After a whole flight nothing is said: how long until the server says it again?
pub(super) async fn repetition(asker: &mut Asker<'_>, control: &Hello) -> Result<Repetition> {
    let limit = asker.deadline().min(LONGEST_WATCH);
    let watched_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
    let mut line = asker.open().await?;
    line.set_wait(asker.flight_patience());
    let mut heard = line.first(control).await?;
    if let Some(cookie) = heard.cookie() {
        line.cookie = Some(cookie);
        heard = line.with_cookie(control).await?;
    }
    let mut after_ms = None;
    let whole = matches!(judge(&heard, true), Answer::Flight(accepted) if accepted.flight.whole && !accepted.flight.hello.retry);
    // where the hello was repeated, the flight may come twice for that reason
    let whole = whole && line.counts.repeats == 0;
    if whole {
        after_ms = line.watch(limit).await?.map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
    }
    line.leave().await;
    asker.count(&mut line);
    Ok(Repetition { after_ms, watched_ms: if whole { watched_ms } else { 0 } })
}

#[cfg(test)]
mod tests {
    use crate::dtls::tests::{message, read_hello};
    use crate::dtls::{Reply, records::record, survey};
    use crate::testing::{hasty_permit as permit, serve_udp};

    /// DTLS 1.2 with static RSA behind a cookie that is never looked at; refuses by alerts, and does not put
    /// fragments together.
    fn careless(raw: &[u8]) -> Vec<Vec<u8>> {
        let Some((offered, version, cookie)) = read_hello(raw) else { return Vec::new() };
        if cookie.is_empty() {
            return vec![record(22, 0, &message(3, 0, &[0xfe, 0xff, 2, 7, 7]))];
        }
        let suite = [0x009cu16, 0x002f].into_iter().find(|suite| offered.contains(suite));
        let Some(suite) = suite.filter(|_| version == 0xfefd) else { return vec![record(21, 0, &[2, 40])] };
        let random = [raw.get(10).copied().unwrap_or_default(); 32];
        let extensions = [0, 13, 0, 23, 0, 0, 0, 54, 0, 1, 0, 0, 22, 0, 0];
        let hello = [&[0xfe, 0xfd][..], &random, &[0], &suite.to_be_bytes(), &[0], &extensions].concat();
        vec![record(22, 1, &message(2, 1, &hello)), record(22, 3, &message(14, 2, &[]))]
    }

    #[tokio::test]
    async fn a_cookie_serves_many_hellos_and_a_false_one_is_told() {
        let found = survey(&permit(serve_udp(careless).await)).await.unwrap();
        assert_eq!(found.suites["1.2"].iter().map(|suite| suite.id).collect::<Vec<_>>(), [0x009c, 0x002f]);
        let cookies = found.cookies.unwrap();
        assert_eq!((cookies.bytes, cookies.checked, cookies.repeated_unasked), (Some(2), Some(false), Some(false)));
        let extensions = found.extensions.unwrap();
        assert_eq!((extensions.connection_id, extensions.heartbeat, extensions.compression), (Some(true), Some(false), Some(false)));
        assert_eq!((found.extended_master_secret, found.secure_renegotiation), (Some(true), Some(false)));
        assert_eq!(found.encrypt_then_mac, Some(true));
        assert_eq!(found.fragments.unwrap().hello, Some(Reply::Silent));
        assert_eq!(found.repetition.unwrap().after_ms, None);
        assert!(found.hellos <= 26 && found.sockets < found.hellos, "{} hellos, {} sockets", found.hellos, found.sockets);
    }
}
