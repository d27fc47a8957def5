//! CoAP against the servers of libcoap, where they are installed: `cargo test -p assay-probes -- --ignored`.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test looks for a free port, and may stop at the first surprise"
)]

use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use assay_model::profile::Budget;
use assay_wire::{Authority, DtlsIdentity, Host, Ledger, Permit, Secrets};

use assay_probes::coap::{Client, Request};

fn permit(port: u16) -> Permit {
    let budget = Budget { connections: 20, connections_per_second: 1_000, connect_ms: 1_000, answer_ms: 1_000, ..Budget::default() };
    let host = Host { component: "device".into(), sample: "S1".into(), address: std::net::Ipv4Addr::LOCALHOST.into() };
    Authority::new(vec![host], &budget, Secrets::default()).permit_port("device", "S1", port, &Ledger::default()).unwrap()
}

struct Server(Child, u16);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn start(program: &str, options: &[&str]) -> Server {
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new(program);
    command.args(["-A", "127.0.0.1", "-p", &port.to_string()]).args(options);
    let server = Server(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap(), port);
    tokio::time::sleep(Duration::from_millis(300)).await;
    server
}

async fn talk(client: &mut Client) {
    client.ping().await.unwrap();
    let discovery = client.discover().await.unwrap();
    assert!(discovery.links.iter().any(|link| link.path == "/time"), "{discovery:?}");
    let answer = client.request(&Request::new("GET", "/nothing")).await.unwrap();
    assert_eq!(answer.code, "4.04");
    let put = Request::new("PUT", "/example_data").with_payload(Some(0), "x".repeat(800));
    assert!(client.request(&put).await.unwrap().is_success());
    assert_eq!(client.request(&Request::new("GET", "/example_data")).await.unwrap().payload.len(), 800);
    let _answered_later = client.request(&Request::new("GET", "/async?1")).await;
}

#[tokio::test]
#[ignore = "needs libcoap's servers"]
async fn plain() {
    for program in ["coap-server-notls", "coap-server-openssl", "coap-server-gnutls"] {
        let server = start(program, &[]).await;
        talk(&mut Client::open(&permit(server.1), None).await.unwrap()).await;
    }
}

#[tokio::test]
#[ignore = "needs libcoap's servers"]
async fn psk() {
    for program in ["coap-server-openssl", "coap-server-gnutls"] {
        let server = start(program, &["-k", "0123456789abcdef", "-h", "hint"]).await;
        let permit = permit(server.1 + 1);
        let key = |key: &[u8]| DtlsIdentity::Psk { identity: b"meter".to_vec(), key: key.to_vec() };
        match Client::open(&permit, Some(&key(b"0123456789abcdef"))).await {
            Ok(mut client) => talk(&mut client).await,
            Err(error) => println!("{program}: right key: {error}"),
        }
        let wrong = Client::open(&permit, Some(&key(b"wrong key"))).await;
        println!("{program}: wrong key: {:?}", wrong.as_ref().map(drop));
        assert!(wrong.is_err());
    }
}
