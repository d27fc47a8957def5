//! Stand-ins for products, on loopback, for the tests of this crate.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};

use assay_model::profile::Budget;
use assay_wire::{Authority, Host, Ledger, Permit, Secrets};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// The only address in these tests.
pub(crate) const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// An authority over loopback, with a wide budget and short deadlines.
pub(crate) fn authority() -> Authority {
    let budget = Budget {
        connections: 200,
        connections_per_second: 100_000,
        failed_logins: 20,
        connect_ms: 1_000,
        answer_ms: 1_000,
        test_seconds: 60,
        ..Budget::default()
    };
    Authority::new(vec![Host { component: "device".into(), sample: "S1".into(), address: HERE }], &budget, Secrets::default())
}

/// A permit for a port of loopback.
pub(crate) fn permit(port: u16) -> Permit {
    authority().permit_port("device", "S1", port, &Ledger::default()).unwrap()
}

/// The same for stand-ins that are often silent: little patience.
pub(crate) fn hasty_permit(port: u16) -> Permit {
    let budget = Budget { connections_per_second: 100_000, answer_ms: 450, ..Budget::default() };
    let host = Host { component: "device".into(), sample: "S1".into(), address: HERE };
    Authority::new(vec![host], &budget, Secrets::default()).permit_port("device", "S1", port, &Ledger::default()).unwrap()
}

/// Serves TCP: `talk` holds each conversation.
pub(crate) async fn serve<F, T>(talk: F) -> u16
where
    F: Fn(TcpStream) -> T + Send + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let socket = TcpListener::bind((HERE, 0)).await.unwrap();
    let port = socket.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = socket.accept().await {
            tokio::spawn(talk(stream));
        }
    });
    port
}

/// Serves lines over TCP: greets, then answers each line by what `answer` makes of it. An empty greeting is no greeting.
pub(crate) async fn serve_lines(greeting: &'static str, answer: impl Fn(&str) -> String + Clone + Send + Sync + 'static) -> u16 {
    serve(move |mut stream| {
        let answer = answer.clone();
        async move {
            let _ = stream.write_all(greeting.as_bytes()).await;
            let mut waiting = Vec::new();
            let mut chunk = [0; 512];
            while let Ok(count @ 1..) = stream.read(&mut chunk).await {
                waiting.extend_from_slice(&chunk[..count]);
                while let Some(end) = waiting.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = waiting.drain(..=end).collect();
                    let _ = stream.write_all(answer(String::from_utf8_lossy(&line).trim()).as_bytes()).await;
                }
            }
        }
    })
    .await
}

/// Serves UDP: every datagram is answered by all that `answer` returns.
pub(crate) async fn serve_udp(answer: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + 'static) -> u16 {
    let socket = UdpSocket::bind((HERE, 0)).await.unwrap();
    let port = socket.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut buffer = [0; 2048];
        while let Ok((count, from)) = socket.recv_from(&mut buffer).await {
            for each in answer(&buffer[..count]) {
                let _ = socket.send_to(&each, from).await;
            }
        }
    });
    port
}

/// A port of loopback where nothing listens.
pub(crate) async fn nothing() -> u16 {
    let socket = TcpListener::bind((HERE, 0)).await.unwrap();
    socket.local_addr().unwrap().port()
}
