//! Surveys of stand-ins that speak just enough TLS to be asked.

use tls_parser::{TlsMessage, TlsMessageHandshake};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::handshake::counted;
use crate::testing::{hasty_permit as permit, nothing, serve};

/// What a stand-in does with a hello of a version: choose among suites, say no, or tear the connection down.
#[derive(Clone, Copy)]
enum Face {
    Suites(&'static [u16]),
    /// The same, with room for 150 suites in a hello.
    Narrow(&'static [u16]),
    Alert(u8),
    Reset,
    Close,
}

/// TLS 1.2 with three suites and the P-256 curve; TLS 1.0 with one; what is older is reset.
fn ordinary(version: u16) -> Face {
    match version {
        0x0303 => Face::Suites(&[0xc02f, 0x002f, 0x0033]),
        0x0301 => Face::Suites(&[0x000a]),
        0x0300 | 0x0002 => Face::Reset,
        _ => Face::Alert(70),
    }
}

async fn stand_in(face: fn(u16) -> Face) -> u16 {
    serve(move |stream: TcpStream| converse(stream, face)).await
}

async fn converse(mut stream: TcpStream, face: fn(u16) -> Face) {
    let mut hello = vec![0; 4096];
    let Ok(count @ 1..) = stream.read(&mut hello).await else { return };
    let (version, offered, fallback) = read_hello(&hello[..count]);
    match face(version) {
        Face::Alert(code) => drop(stream.write_all(&[21, 3, 1, 0, 2, 2, code]).await),
        Face::Reset => drop(stream.set_zero_linger()),
        Face::Close => {}
        Face::Narrow(_) if offered.len() > 150 => drop(stream.write_all(&[21, 3, 1, 0, 2, 2, 50]).await),
        Face::Suites(_) if fallback && version < 0x0303 => drop(stream.write_all(&[21, 3, 1, 0, 2, 2, 86]).await),
        Face::Suites(mine) | Face::Narrow(mine) => {
            let chosen = mine.iter().find(|suite| offered.contains(suite));
            let answer = chosen.map_or_else(|| vec![21, 3, 1, 0, 2, 2, 40], |suite| flight(version, *suite));
            let _ = stream.write_all(&answer).await;
        }
    }
}

fn read_hello(raw: &[u8]) -> (u16, Vec<u16>, bool) {
    if raw[0] == 0x80 {
        return (2, Vec::new(), false);
    }
    let TlsMessage::Handshake(TlsMessageHandshake::ClientHello(hello)) = &tls_parser::parse_tls_plaintext(raw).unwrap().1.msg[0] else {
        panic!("no hello")
    };
    let thirteen = hello.ext.is_some_and(|extensions| extensions.windows(5).any(|window| window == [0, 43, 0, 3, 2]));
    let offered: Vec<u16> = hello.ciphers.iter().map(|suite| suite.0).collect();
    let fallback = offered.contains(&0x5600);
    (if thirteen { 0x0304 } else { hello.version.0 }, offered, fallback)
}

fn flight(version: u16, suite: u16) -> Vec<u8> {
    let extensions = counted(2, &[0xff, 1, 0, 1, 0]);
    let hello = [&version.to_be_bytes(), [7; 32].as_slice(), &[0], &suite.to_be_bytes(), &[0], &extensions].concat();
    let certificate = counted(3, &counted(3, b"not really a certificate"));
    let mut messages = vec![(2, hello), (11, certificate)];
    match suite {
        0xc02f => messages.push((12, vec![3, 0, 23, 1, 4])),
        0x0033 => messages.push((12, [counted(2, &[0xff; 128]), counted(2, &[2]), counted(2, &[9])].concat())),
        _ => {}
    }
    messages.push((14, Vec::new()));
    let all: Vec<u8> = messages.iter().flat_map(|(kind, body)| [vec![*kind], counted(3, body)].concat()).collect();
    all.chunks(50).flat_map(|part| [vec![22, 3, 3], counted(2, part)].concat()).collect()
}

#[tokio::test]
async fn versions_suites_groups_and_safeguards_are_found() {
    let found = survey(&permit(stand_in(ordinary).await), Some("a.example")).await.unwrap();
    let refused = |how: &str| Support::Refused { how: how.to_owned() };
    assert_eq!(found.accepted().collect::<Vec<_>>(), ["1.0", "1.2"]);
    assert_eq!((&found.versions["1.3"], &found.versions["1.1"]), (&refused("protocol_version"), &refused("protocol_version")));
    assert_eq!((&found.versions["SSLv3"], &found.versions["SSLv2"]), (&refused("reset"), &refused("reset")));
    assert_eq!(found.suites["1.2"].iter().map(|suite| suite.id).collect::<Vec<_>>(), [0xc02f, 0x002f, 0x0033]);
    assert_eq!(found.suites["1.0"][0].name, "TLS_RSA_WITH_3DES_EDE_CBC_SHA");
    assert_eq!(
        found.groups_12.iter().map(|group| (group.name.as_str(), group.bits)).collect::<Vec<_>>(),
        [("secp256r1", 256), ("custom", 1024)]
    );
    assert_eq!(found.chains.len(), 1);
    let expected = Safeguards {
        extended_master_secret: Some(false),
        renegotiation_info: Some(true),
        compression: Some(false),
        fallback_scsv: Some(true),
        downgrade_marker: None,
        client_certificate_requested: Some(false),
        server_preference: Some(true),
        encrypt_then_mac: Some(false),
        heartbeat: Some(false),
        session_ticket: Some(false),
        session_id: Some(false),
        ocsp_staple: Some(false),
    };
    assert_eq!(found.safeguards, expected);
    assert_eq!(found.hellos, found.connections);
}

#[tokio::test]
async fn a_connection_closed_without_a_word_is_a_refusal_only_beside_an_answered_hello() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static BUSY: AtomicBool = AtomicBool::new(false);
    let face = |version| match version {
        0x0303 if !BUSY.load(Ordering::SeqCst) => Face::Suites(&[0xc02f]),
        _ => Face::Close,
    };
    let found = survey(&permit(stand_in(face).await), None).await.unwrap();
    assert_eq!(found.versions["1.0"], Support::Refused { how: "closed".to_owned() });
    // from the first hello of TLS 1.0 on, there is no room for any other client
    let face = |version| {
        BUSY.fetch_or(version == 0x0301, Ordering::SeqCst);
        if version == 0x0303 && !BUSY.load(Ordering::SeqCst) { Face::Suites(&[0xc02f]) } else { Face::Close }
    };
    assert!(survey(&permit(stand_in(face).await), None).await.is_err());
}

#[tokio::test]
async fn a_server_with_room_for_few_suites_is_asked_in_small_groups() {
    let face = |version| if version == 0x0303 { Face::Narrow(&[0xc02f, 0x0033]) } else { Face::Alert(70) };
    let found = survey(&permit(stand_in(face).await), None).await.unwrap();
    assert_eq!(found.accepted().collect::<Vec<_>>(), ["1.2"]);
    assert_eq!(found.suites["1.2"].iter().map(|suite| suite.id).collect::<Vec<_>>(), [0xc02f, 0x0033]);
    assert!(found.groups_12.iter().any(|group| group.name == "secp256r1"));
}

#[tokio::test]
async fn a_suite_that_was_not_offered_is_malformed() {
    async fn insist(mut stream: TcpStream) {
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(&flight(0x0303, 0xfafa)).await;
    }
    let found = survey(&permit(serve(insist).await), None).await;
    assert!(matches!(found, Err(assay_wire::Error::Malformed { .. })), "{found:?}");
}

#[tokio::test]
async fn trouble_is_an_error_and_never_a_fact() {
    let closed = survey(&permit(nothing().await), None).await;
    assert!(matches!(closed, Err(assay_wire::Error::Refused(_))), "{closed:?}");
    let resets = survey(&permit(stand_in(|_| Face::Reset).await), None).await;
    assert!(matches!(resets, Err(assay_wire::Error::Reset(_))), "{resets:?}");
    let babble = serve(|mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    });
    let babbled = survey(&permit(babble.await), None).await;
    assert!(matches!(babbled, Err(assay_wire::Error::Malformed { .. })), "{babbled:?}");
    let leave = serve(|mut stream| async move { drop(stream.read(&mut [0; 4096]).await) });
    let left = survey(&permit(leave.await), None).await;
    assert!(matches!(left, Err(assay_wire::Error::Closed(_))), "{left:?}");
}

#[tokio::test]
async fn silence_is_late() {
    let mute = serve(|stream| async move {
        tokio::time::sleep(std::time::Duration::from_secs(30)).await;
        drop(stream);
    });
    let found = survey(&permit(mute.await), None).await;
    assert!(matches!(found, Err(assay_wire::Error::TimedOut { .. })), "{found:?}");
}

#[tokio::test]
async fn with_few_places_for_connections_nothing_is_missed() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static OPEN: AtomicUsize = AtomicUsize::new(0);
    let port = serve(|mut stream: TcpStream| async move {
        if OPEN.fetch_add(1, Ordering::SeqCst) < 2 {
            converse(stream, ordinary).await;
        } else {
            let _ = stream.read(&mut [0; 1]).await;
            drop(stream.set_zero_linger());
        }
        OPEN.fetch_sub(1, Ordering::SeqCst);
    });
    let found = survey(&permit(port.await), None).await.unwrap();
    assert_eq!(found.suites["1.2"].iter().map(|suite| suite.id).collect::<Vec<_>>(), [0xc02f, 0x002f, 0x0033]);
    assert_eq!(found.suites["1.0"].len(), 1);
    assert_eq!((found.order["1.2"], found.accepted().count()), (Order::Server, 2));
}

#[tokio::test]
async fn what_is_known_is_asked_at_once_and_a_wrong_guess_changes_no_fact() {
    let permit = permit(stand_in(ordinary).await);
    let found = survey(&permit, None).await.unwrap();
    let request = Request { known: Some(Known::of(&found)), ..Request::default() };
    let again = survey_as(&permit, &request).await.unwrap();
    assert_eq!((&again.suites, &again.groups_12, &again.versions), (&found.suites, &found.groups_12, &found.versions));
    let mut wrong = found.clone();
    wrong.suites.get_mut("1.2").unwrap().swap(0, 2);
    let mended = survey_as(&permit, &Request { known: Some(Known::of(&wrong)), ..Request::default() }).await.unwrap();
    assert_eq!(mended.suites, found.suites);
}

#[tokio::test]
async fn one_hello_confirms_that_old_versions_are_still_refused() {
    use std::sync::atomic::{AtomicU32, Ordering};
    static OLD: AtomicU32 = AtomicU32::new(0);
    let modern = |version| {
        OLD.fetch_add(u32::from((0x0300..=0x0302).contains(&version)), Ordering::SeqCst);
        if version == 0x0303 { Face::Suites(&[0xc02f]) } else { Face::Alert(70) }
    };
    let modern = permit(stand_in(modern).await);
    let found = survey(&modern, None).await.unwrap();
    assert_eq!(OLD.swap(0, Ordering::SeqCst), 3);
    let request = Request { known: Some(Known::of(&found)), ..Request::default() };
    let again = survey_as(&modern, &request).await.unwrap();
    assert_eq!((&again.suites, &again.versions), (&found.suites, &found.versions));
    assert_eq!(OLD.load(Ordering::SeqCst), 1);
    // another alert than the one about the version says nothing of the versions before
    let older = |version| match version {
        0x0303 => Face::Suites(&[0xc02f]),
        0x0301 => Face::Suites(&[0x000a]),
        _ => Face::Alert(40),
    };
    let changed = survey_as(&permit(stand_in(older).await), &request).await.unwrap();
    assert_eq!(changed.accepted().collect::<Vec<_>>(), ["1.0", "1.2"]);
}

#[tokio::test]
async fn a_policy_is_answered_in_eight_hellos() {
    let limits = Limits {
        forbidden_suites: vec!["static-rsa".to_owned()],
        forward_secrecy: true,
        groups: vec!["secp256r1".to_owned()],
        dh_min_bits: 2048,
    };
    let found = verdict(&permit(stand_in(ordinary).await), &Request::default(), &limits).await.unwrap();
    let bad: Vec<&str> = found.replies.iter().filter(|reply| reply.offends == Some(true)).map(|reply| reply.offered.as_str()).collect();
    assert_eq!((found.offends, found.replies.len()), (Some(true), 8));
    assert!(bad.contains(&"TLS 1.1 and older") || bad.contains(&"forbidden suites of TLS 1.2"), "{bad:?}");
}
