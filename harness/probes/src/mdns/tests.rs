//! Responders that announce all, too much, or not all.

use super::*;
use crate::testing::{hasty_permit, permit, serve_udp};

fn labels(name: &str) -> Vec<u8> {
    let label = |text: &str| [&[u8::try_from(text.len()).unwrap()][..], text.as_bytes()].concat();
    name.split('.').flat_map(label).chain([0]).collect()
}

fn record(name: &str, kind: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    [&labels(name)[..], &[0, kind, 0, 1, 0, 0, 0, 10], &length, data].concat()
}

fn pointer(name: &str, to: &str) -> Vec<u8> {
    record(name, 12, &labels(to))
}

fn message(records: &[Vec<u8>]) -> Vec<u8> {
    let count = u16::try_from(records.len()).unwrap().to_be_bytes();
    [&b"\0\0\x84\0\0\0"[..], &count, &[0; 4], &records.concat()].concat()
}

/// The name that a request asks for.
fn asked(request: &[u8]) -> String {
    let (mut at, mut parts) = (12, Vec::new());
    while request[at] != 0 {
        let end = at + 1 + usize::from(request[at]);
        parts.push(String::from_utf8_lossy(&request[at + 1..end]).into_owned());
        at = end;
    }
    parts.join(".")
}

const KIND: &str = "_http._tcp.local";
const NAME: &str = "washer._http._tcp.local";

/// A responder with one web service; details come only when asked for.
fn washer(name: &str) -> Vec<Vec<u8>> {
    match name {
        ALL_SERVICES => vec![pointer(ALL_SERVICES, KIND)],
        KIND => vec![pointer(KIND, NAME)],
        NAME => vec![record(NAME, 33, &[&b"\0\0\0\0\x1f\x90"[..], &labels("w.local")].concat()), record(NAME, 16, b"\x03k=v")],
        "w.local" => vec![record("w.local", 1, &[192, 0, 2, 1])],
        _ => vec![],
    }
}

/// What is heard of a responder.
async fn heard(answer: impl Fn(&str) -> Vec<Vec<u8>> + Send + 'static) -> Announced {
    announced(&hasty_permit(serve_udp(move |request| answer(&asked(request))).await)).await.unwrap()
}

/// What is heard of the washer that stays silent about one name.
async fn gaps_without(left_out: &'static str) -> Vec<Gap> {
    let answer = move |name: &str| if name == left_out { vec![] } else { vec![message(&washer(name))] };
    heard(answer).await.gaps.into_iter().collect()
}

#[tokio::test]
async fn services_are_followed() {
    let all = heard(|name| vec![message(&washer(name))]).await;
    let kind = KIND.to_owned();
    assert_eq!(all.kinds, BTreeSet::from([kind.clone()]));
    let text = Some(vec!["k=v".to_owned()]);
    let expected = Service { kind, name: NAME.into(), host: Some("w.local".into()), port: Some(8080), text };
    assert_eq!((all.services, all.records.len(), all.messages.len(), all.gaps), (vec![expected], 5, 4, BTreeSet::new()));
}

#[tokio::test]
async fn silence_is_an_error_at_first_and_a_gap_later() {
    let mute = serve_udp(|_| vec![]).await;
    assert!(matches!(announced(&permit(mute)).await, Err(Error::TimedOut { .. })));
    for name in [KIND, NAME, "w.local"] {
        assert_eq!(gaps_without(name).await, [Gap::Unanswered(name.into())]);
    }
    let textless = |name: &str| vec![message(&washer(name)[..1])];
    assert_eq!(heard(textless).await.gaps, BTreeSet::from([Gap::Unanswered(NAME.into())]));
}

#[tokio::test]
async fn what_cannot_be_read_or_was_shortened_is_told_and_kept() {
    let babble = |name: &str| vec![message(&washer(name)), b"junk".to_vec()];
    let all = heard(babble).await;
    assert_eq!((all.services.len(), all.gaps.len(), all.messages.len()), (1, 4, 8));
    assert!(all.gaps.contains(&Gap::Malformed(KIND.into())), "{:?}", all.gaps);
    let shortened = |name: &str| {
        let mut bytes = message(&washer(name));
        bytes[2] |= 2;
        vec![bytes]
    };
    assert!(heard(shortened).await.gaps.iter().all(|gap| matches!(gap, Gap::CutOff(of) if of.starts_with("a message"))));
}

#[tokio::test]
async fn records_are_kept_up_to_their_number() {
    // eight messages for each question, each full of records that stand nowhere else
    let flood = |name: &str| {
        let mark = u8::try_from(name.len()).unwrap();
        let full = |at: u8| {
            let records: Vec<_> = (0..=255).map(|more| record("f.local", 1, &[mark, at, more, 0])).collect();
            let records = if at == 0 { [washer(name), records].concat() } else { records };
            message(&records[..256])
        };
        (0..8).map(full).collect()
    };
    let all = heard(flood).await;
    assert_eq!(all.records.len(), RECORDS);
    assert!(all.gaps.contains(&Gap::CutOff(format!("more than {RECORDS} records"))), "{:?}", all.gaps);
}

/// 70 kinds of services, told as often as is heard, so that no more is waited for, with so many bytes after each message.
fn many(name: &str, more: usize) -> Vec<Vec<u8>> {
    let records = match name {
        ALL_SERVICES => (0..70).map(|at| pointer(ALL_SERVICES, &format!("_k{at}._tcp.local"))).collect(),
        kind => [vec![pointer(kind, NAME)], washer(NAME), washer("w.local")].concat(),
    };
    vec![[message(&records), vec![0; more]].concat(); ANSWERS]
}

#[tokio::test]
async fn names_are_asked_for_up_to_their_number() {
    let all = heard(|name| many(name, 0)).await;
    assert_eq!((all.kinds.len(), all.messages.len()), (70, NAMES * ANSWERS));
    assert!(all.gaps.contains(&Gap::CutOff(format!("more than {NAMES} names to ask for"))), "{:?}", all.gaps);
}

#[tokio::test]
async fn bytes_are_kept_up_to_their_number() {
    let all = heard(|name| many(name, 4_000)).await;
    let bytes: usize = all.messages.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!((BYTES - 8_000..=BYTES).contains(&bytes), "{bytes}");
    assert!(all.gaps.contains(&Gap::CutOff(format!("more than {BYTES} bytes of answers"))), "{:?}", all.gaps);
}
