//! Against clients on loopback.

use std::net::SocketAddr;
use std::sync::Arc;

use assay_wire::Ledger;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::handshake::{Hello, counted};
use crate::testing::{HERE, authority, nothing};

const LIMIT: Duration = Duration::from_millis(800);

async fn listener() -> (Listener, SocketAddr) {
    let at = SocketAddr::new(HERE, nothing().await);
    (authority().listen(at, None, &Ledger::default(), LIMIT).await.unwrap(), at)
}

/// Says this, and afterwards this once anything was answered.
fn client(at: SocketAddr, first: Vec<u8>, then: &'static [u8]) {
    tokio::spawn(async move {
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(&first).await.unwrap();
        stream.read_u8().await.unwrap();
        stream.write_all(then).await.unwrap();
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
}

fn hello() -> Vec<u8> {
    let message = [vec![1], counted(3, &Hello::new(0x0302, [7; 32], &[0xc013, 0x002f]).body())].concat();
    [vec![22, 3, 1], counted(2, &message)].concat()
}

fn flight() -> Face {
    Face::Bad(Flight { version: 0x0302, suites: vec![0x0035, 0x002f], chain: vec![vec![0x30, 0]] })
}

#[tokio::test]
async fn a_request_in_clear_is_answered() {
    let (listener, at) = listener().await;
    client(at, b"POST /readings HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}".to_vec(), b"");
    let manner = Manner::Http(Arc::new(|_, _| Page::json("{}")));
    let visits = receive(&listener, &Face::Clear, &manner, LIMIT, 1).await.unwrap();
    assert_eq!((visits[0].asked.as_slice(), visits[0].went_on()), (&["POST /readings".to_owned()][..], true));
    assert!(receive(&listener, &Face::Clear, &manner, LIMIT / 10, 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_client_makes_of_a_bad_server() {
    let (listener, at) = listener().await;
    client(at, hello(), &[21, 3, 2, 0, 2, 2, 70]);
    let visits = receive(&listener, &flight(), &Manner::Mute, LIMIT, 1).await.unwrap();
    assert_eq!(visits[0].conduct, Conduct::Left { how: "alert protocol_version".to_owned() });
    assert_eq!(visits[0].offer.as_ref().unwrap().versions, ["1.1"]);
    client(at, hello(), &[22, 3, 2, 0, 4, 16, 0, 0, 0]);
    assert!(receive(&listener, &flight(), &Manner::Mute, LIMIT, 1).await.unwrap()[0].went_on());
    client(at, hello(), b"");
    assert_eq!(receive(&listener, &flight(), &Manner::Mute, LIMIT, 1).await.unwrap()[0].conduct, Conduct::Undecided);
}
