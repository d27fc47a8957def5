//! Surveys of stand-ins.

use std::sync::{Arc, Mutex};

use super::records::record;
use super::*;
use crate::handshake::counted;
use crate::testing::{hasty_permit as permit, serve_udp};

pub(super) fn message(kind: u8, number: u8, body: &[u8]) -> Vec<u8> {
    let length = &counted(3, body)[..3];
    [&[kind], length, &[0, number, 0, 0, 0], length, body].concat()
}

/// The offered suites of a hello, its version and its cookie.
pub(super) fn read_hello(raw: &[u8]) -> Option<(Vec<u16>, u16, Vec<u8>)> {
    let (_, found) = tls_parser::parse_dtls_plaintext_record(raw).ok()?;
    let tls_parser::DTLSMessage::Handshake(handshake) = found.messages.first()? else { return None };
    let tls_parser::DTLSMessageHandshakeBody::ClientHello(hello) = &handshake.body else { return None };
    let thirteen = hello.ext.is_some_and(|extensions| extensions.windows(5).any(|window| window == [0, 43, 0, 3, 2]));
    let version = if thirteen { 0xfefc } else { hello.version.0 };
    Some((hello.ciphers.iter().map(|suite| suite.0).collect(), version, hello.cookie.to_vec()))
}

/// DTLS 1.2 with a pre-shared key, behind a cookie; loses every other datagram, drops what it does not like.
fn fussy() -> impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + 'static {
    let heard = Mutex::new(0u32);
    move |raw| {
        let Some((offered, version, cookie)) = read_hello(raw) else { return Vec::new() };
        let mut count = heard.lock().unwrap();
        *count += 1;
        let suite = [0xc0a8u16, 0x00ae].into_iter().find(|suite| offered.contains(suite));
        match (version, suite) {
            (0xfefd, _) if count.is_multiple_of(2) => Vec::new(),
            (0xfefd, _) if cookie.is_empty() => vec![record(22, 0, &message(3, 0, &[0xfe, 0xff, 2, 7, 7]))],
            (0xfefd, Some(suite)) => {
                let hello = [&[0xfe, 0xfd][..], &[7; 32], &[0], &suite.to_be_bytes(), &[0]].concat();
                let exchange = counted(2, b"hint");
                let whole = message(12, 2, &exchange);
                let (head, body) = whole.split_at(12);
                let part = |offset: u8, bytes: &[u8]| {
                    let length = u8::try_from(bytes.len()).unwrap();
                    record(22, 2, &[&head[..6], &[0, 0, offset, 0, 0, length], bytes].concat())
                };
                vec![part(3, &body[3..]), record(22, 1, &message(2, 1, &hello)), part(0, &body[..3]), record(22, 3, &message(14, 3, &[]))]
            }
            (0xfeff, _) => vec![record(21, 0, &[2, 70])],
            _ => Vec::new(),
        }
    }
}

#[tokio::test]
async fn versions_suites_cookie_and_hint_are_found() {
    let found = survey(&permit(serve_udp(fussy()).await)).await.unwrap();
    assert_eq!(found.versions["1.2"], Reply::Accepted);
    assert_eq!(found.versions["1.0"], Reply::Refused { how: "protocol_version".into() });
    assert_eq!(found.versions["1.3"], Reply::Silent);
    assert_eq!(found.cookie, Some(true));
    assert_eq!(found.suites["1.2"].iter().map(|suite| suite.id).collect::<Vec<_>>(), [0xc0a8, 0x00ae]);
    assert!(found.repeats > 0);
    assert_eq!((found.psk_hint.as_deref(), found.client_certificate_requested), (Some("hint"), Some(false)));
}

#[tokio::test]
async fn silence_is_late_and_babble_is_malformed() {
    let found = survey(&permit(serve_udp(|_| Vec::new()).await)).await;
    assert!(matches!(found, Err(Error::TimedOut { .. })), "{found:?}");
    let found = survey(&permit(serve_udp(|_| vec![b"hello?".to_vec()]).await)).await;
    assert!(matches!(found, Err(Error::Malformed { .. })), "{found:?}");
    let closed = crate::testing::nothing().await;
    let found = survey(&permit(closed)).await;
    assert!(matches!(found, Err(Error::Refused(_))), "{found:?}");
}

/// The library's own server, one for each client.
#[expect(clippy::disallowed_methods, reason = "the library wants to be told the time")]
fn library(
    version: fn(Arc<dimpl::Config>, dimpl::DtlsCertificate, std::time::Instant) -> dimpl::Dtls,
) -> impl Fn(&[u8]) -> Vec<Vec<u8>> + Send {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    let now = std::time::Instant::now();
    let fresh = move || {
        let shown = dimpl::DtlsCertificate { certificate: certificate.der().to_vec(), private_key: key.serialize_der() };
        version(Arc::new(dimpl::Config::builder().build().unwrap()), shown, now)
    };
    let standing = Mutex::new(fresh());
    move |raw| {
        let mut engine = standing.lock().unwrap();
        let first = read_hello(raw).is_some() && raw[10] == 0;
        if first {
            *engine = fresh();
            engine.set_active(false);
            let _ = engine.handle_timeout(now);
        }
        let _ = engine.handle_packet(raw);
        let mut buffer = vec![0; 8192];
        let mut packets = Vec::new();
        loop {
            match engine.poll_output(&mut buffer) {
                dimpl::Output::Packet(packet) => packets.push(packet.to_vec()),
                dimpl::Output::Timeout(_) => return packets,
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn a_library_is_asked_in_its_own_version() {
    let found = survey(&permit(serve_udp(library(dimpl::Dtls::new_12)).await)).await.unwrap();
    assert_eq!((found.versions["1.2"].clone(), found.cookie, found.chains.len()), (Reply::Accepted, Some(true), 1));
    let found = survey(&permit(serve_udp(library(dimpl::Dtls::new_13)).await)).await.unwrap();
    assert!(found.versions["1.3"].is_accepted() && !found.versions["1.2"].is_accepted(), "{:?}", found.versions);
    assert_eq!(found.cookie, Some(true));
    assert_eq!(found.suites["1.3"][0].name, "TLS_AES_128_GCM_SHA256");
}
