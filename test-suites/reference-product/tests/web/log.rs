//! The device's log, read and sent.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use reference_product::{Addresses, Fault};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use crate::client::{Running, start};

const WAIT: Duration = Duration::from_secs(3);

async fn events(run: &Running) -> Vec<Value> {
    let admin = run.login("admin").await;
    run.device("PUT /api/settings/cycle", &admin, b"{\"value\":\"intensive\"}").await;
    run.device("POST /api/update", &admin, b"nonsense").await;
    run.try_login("viewer", "wrong", "").await;
    let log = run.device("GET /api/log", &admin, b"").await.body;
    log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["event"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn good_log_tells_all() {
    let events = events(&start(&[]).await).await;
    assert_eq!(names(&events), ["boot", "login", "setting", "update", "login"]);
    let last = events.last().unwrap();
    assert_eq!((&last["outcome"], &last["identity"], &last["place"]), (&"failure".into(), &"viewer".into(), &"device".into()));
    assert!(last["source"].as_str().unwrap().parse::<SocketAddr>().is_ok());
    assert!(last["time"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn faulty_logs_leave_something_out() {
    for (fault, name) in [(Fault::LogSilentLogin, "login"), (Fault::LogSilentSetting, "setting"), (Fault::LogSilentUpdate, "update")] {
        let events = events(&start(&[fault]).await).await;
        assert!(!names(&events).contains(&name) && events.len() >= 3, "{fault}");
    }
    for (fault, field) in
        [(Fault::LogWithoutIdentity, "identity"), (Fault::LogWithoutSource, "source"), (Fault::LogWithoutOutcome, "outcome")]
    {
        let events = events(&start(&[fault]).await).await;
        assert!(events.len() == 5 && events.iter().all(|event| event.get(field).is_none()), "{fault}");
    }
}

async fn listen(addresses: &Addresses) -> TcpListener {
    TcpListener::bind((addresses.collector, 6514)).await.unwrap()
}

/// A collector's TLS with the certificate of some product.
fn collector(of: &Running) -> TlsAcceptor {
    let chain = vec![CertificateDer::from_pem_slice(&of.file("collector.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(&of.file("collector.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    TlsAcceptor::from(Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap()))
}

/// The next connection of the first device.
async fn accept(listener: &TcpListener, run: &Running) -> TcpStream {
    loop {
        let (stream, peer) = timeout(WAIT, listener.accept()).await.unwrap().unwrap();
        if peer.ip() == run.addresses.device {
            return stream;
        }
    }
}

/// One message with counted octets.
async fn message(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut length = 0_usize;
    loop {
        match timeout(WAIT, stream.read_u8()).await.unwrap().unwrap() {
            b' ' => break,
            digit => length = length * 10 + usize::from(digit - b'0'),
        }
    }
    let mut text = vec![0; length];
    timeout(WAIT, stream.read_exact(&mut text)).await.unwrap().unwrap();
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn good_export_waits_for_the_collector_and_comes_back() {
    let run = start(&[]).await;
    run.login("viewer").await;
    for expected in [vec!["BOOT", "LOGIN", "LOGIN"], vec!["LOGIN"]] {
        let listener = listen(&run.addresses).await;
        run.login("admin").await;
        let mut stream = collector(&run).accept(accept(&listener, &run).await).await.unwrap();
        for name in expected {
            let text = message(&mut stream).await;
            assert!(text.starts_with("<86>1 2") && text.contains(&format!(" dishwasher - {name} - {{")), "{text}");
        }
        if let Ok(next) = timeout(Duration::from_millis(50), run.login("admin")).await {
            assert!(message(&mut stream).await.contains("\"event\":\"login\""), "{next}");
        }
    }
}

#[tokio::test]
async fn only_faulty_devices_send_to_a_foreign_collector_or_in_clear() {
    let other = start(&[]).await;
    for (fault, takes) in [(None, false), (Some(Fault::LogAnyCollector), true)] {
        let run = start(fault.as_slice()).await;
        let listener = listen(&run.addresses).await;
        run.login("admin").await;
        let stream = collector(&other).accept(accept(&listener, &run).await).await;
        let got = match stream {
            Ok(mut stream) => timeout(WAIT, stream.read_u8()).await.unwrap().is_ok(),
            Err(_) => false,
        };
        assert_eq!(got, takes);
    }
    let run = start(&[Fault::LogPlain]).await;
    let listener = listen(&run.addresses).await;
    run.login("admin").await;
    assert!(message(&mut accept(&listener, &run).await).await.contains("BOOT"));
}
