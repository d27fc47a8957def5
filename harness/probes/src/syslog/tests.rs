//! Against senders on loopback.

use std::net::SocketAddr;

use assay_wire::Ledger;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpStream, UdpSocket};

use super::*;
use crate::testing::{HERE, authority, nothing};

const LIMIT: Duration = Duration::from_millis(800);

async fn listener() -> (Listener, SocketAddr) {
    let at = SocketAddr::new(HERE, nothing().await);
    (authority().listen(at, None, &Ledger::default(), LIMIT).await.unwrap(), at)
}

#[tokio::test]
async fn messages_of_several_connections() {
    let (listener, at) = listener().await;
    for text in ["<1>one\n<2>two\n", "6 <3>six<4>rest"] {
        tokio::spawn(async move { TcpStream::connect(at).await.unwrap().write_all(text.as_bytes()).await });
    }
    let reception = receive(&listener, LIMIT, 4, |_| false).await.unwrap();
    let mut texts: Vec<_> = reception.messages.iter().map(|message| (message.framing, message.parsed.text.as_str())).collect();
    texts.sort_by_key(|(_, text)| text.len() * 8 + usize::from(text.as_bytes()[0]));
    let expected = [(Framing::Lines, "one"), (Framing::OctetCount, "six"), (Framing::Lines, "two"), (Framing::Lines, "rest")];
    assert_eq!((texts.as_slice(), reception.connections), (expected.as_slice(), 2));
}

#[tokio::test]
async fn enough_is_enough_and_silence_is_none() {
    let (listener, at) = listener().await;
    assert_eq!(receive(&listener, Duration::from_millis(50), 9, |_| false).await.unwrap(), Reception::default());
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(b"<1>a\n<1>b\n<1>c\n").await.unwrap();
    let reception = receive(&listener, LIMIT * 10, 9, |message| message.parsed.text == "b").await.unwrap();
    assert_eq!(reception.messages.len(), 2);
}

#[tokio::test]
async fn datagrams() {
    let at = SocketAddr::new(HERE, nothing().await);
    let listener = authority().listen_udp(at, &Ledger::default()).await.unwrap();
    let socket = UdpSocket::bind((HERE, 0)).await.unwrap();
    socket.send_to(b"<14>Oct 11 22:14:15 washer app: hello", at).await.unwrap();
    let reception = receive_udp(&listener, LIMIT, 1, |_| false).await.unwrap();
    assert_eq!((reception.messages[0].framing, reception.messages[0].parsed.text.as_str()), (Framing::Datagram, "hello"));
    assert!(receive_udp(&listener, Duration::from_millis(50), 1, |_| false).await.unwrap().messages.is_empty());
}

#[test]
fn a_sender_that_does_not_trust_the_listener_is_a_fact() {
    let mut reception = Reception::default();
    let error = Error::Handshake("127.0.0.1:9".into(), "received fatal alert: UnknownCA".into());
    assert!(welcome(Err(error), &mut reception).unwrap().is_none());
    assert_eq!(reception.refused[0].reason, "received fatal alert: UnknownCA");
    assert!(welcome(Err(Error::Local("x".into())), &mut reception).is_err());
}
