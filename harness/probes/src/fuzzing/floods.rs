//! Products that go on within their protocol without end: each client stops at its limit.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use assay_wire::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::handshake::{Flight, Message, counted};
use crate::testing::{permit, serve, serve_udp};
use crate::{coap, ftp, mdns, ssh_kex, telnet, tls, x509};

/// Says this and then this without end.
async fn flood(mut stream: TcpStream, first: Vec<u8>, then: Vec<u8>) {
    let _ = stream.write_all(&first).await;
    // what it is told is read, so that closing it is no reset
    let (mut read, mut write) = stream.split();
    let mut heard = [0; 4096];
    let telling = async { while write.write_all(&then).await.is_ok() {} };
    let hearing = async { while matches!(read.read(&mut heard).await, Ok(1..)) {} };
    tokio::select! { () = telling => {}, () = hearing => {} }
}

/// A client of a CoAP server that always has another block, of 16 bytes shifted left by `size`.
async fn blocks(size: u8) -> (assay_wire::Result<coap::Answer>, u32) {
    static ASKED: [AtomicU32; 7] = [const { AtomicU32::new(0) }; 7];
    let asked = &ASKED[usize::from(size)];
    let port = serve_udp(move |request| {
        let [_, high, middle, low] = (asked.fetch_add(1, Ordering::SeqCst) << 4 | 8 | u32::from(size)).to_be_bytes();
        let head = [&[0x64, 0x45][..], &request[2..8], &[0xd3, 10, high, middle, low, 0xff]].concat();
        vec![[head, vec![b'x'; 16 << size]].concat()]
    })
    .await;
    let answer = coap::Client::open(&permit(port), None).await.unwrap().request(&coap::Request::new("GET", "/x")).await;
    (answer, asked.load(Ordering::SeqCst))
}

#[tokio::test]
async fn blocks_of_coap_end_at_a_mebibyte_or_at_their_number() {
    for (size, most) in [(6, 1025), (0, 4097)] {
        let (answer, asked) = blocks(size).await;
        assert!(matches!(answer, Err(Error::TooLong { limit: 1_048_576, .. })), "{size}: {answer:?}");
        assert_eq!(asked, most, "blocks of {} bytes", 16 << size);
    }
}

#[tokio::test]
async fn packets_of_ssh_are_not_waited_for_without_end() {
    let told = async |first: &[u8], then: &[u8]| {
        let (first, then) = (first.to_vec(), then.to_vec());
        let port = serve(move |stream| flood(stream, first.clone(), then.clone())).await;
        ssh_kex::survey(&permit(port)).await.unwrap_err().to_string()
    };
    let lines = told(b"", b"no identification\r\n").await;
    assert!(lines.contains("16384"), "{lines}");
    let ident = b"SSH-2.0-x\r\n";
    let long = told(&[&ident[..], &[0, 4, 0, 1]].concat(), &[0; 1024]).await;
    assert!(long.contains("too long"), "a packet of 256 KiB and a byte: {long}");
    let ignored = told(ident, &[0, 0, 0, 12, 10, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).await;
    assert!(ignored.contains("did not come"), "messages to be ignored: {ignored}");
}

#[tokio::test]
async fn a_record_of_tls_that_drips_is_waited_for_as_long_as_an_answer() {
    let port = serve(|mut stream| async move {
        let _ = stream.write_all(&[22, 3, 3, 0x40, 0]).await;
        while stream.write_all(&[0]).await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let link = permit(port).tcp().await.unwrap();
    let begun = timeout(Duration::from_secs(20), tls::session::begin(link, vec![0; 8])).await;
    let begun = begun.map(|begun| begun.map(drop));
    assert!(matches!(begun, Ok(Err(Error::TimedOut { .. }))), "{begun:?}");
}

#[tokio::test]
async fn replies_and_negotiations_end() {
    let lines = serve(|stream| flood(stream, Vec::new(), b"220-and\r\n".to_vec())).await;
    let told = ftp::log_in(&permit(lines), "a", "b").await.unwrap_err();
    assert!(matches!(told, Error::TooLong { limit: 16_384, .. }), "{told}");
    let options = serve(|stream| flood(stream, Vec::new(), [255, 253, 1, 255, 251, 3].repeat(1_000))).await;
    let told = telnet::log_in(&permit(options), Some("a"), "b").await.unwrap_err();
    assert!(matches!(told, Error::TooLong { limit: 65_536, .. } | Error::TimedOut { .. }), "{told}");
}

#[tokio::test]
async fn answers_of_mdns_are_heard_up_to_their_number() {
    let port = serve_udp(|_| {
        let record = |at: u8| [&[1, b'a' + at][..], b"\0\0\x01\0\x01\0\0\0\x78\0\x04\xc0\0\x02\x01"].concat();
        (0..20).map(|at| [&b"\0\0\x84\0\0\0\0\x01\0\0\0\0"[..], &record(at)].concat()).collect()
    })
    .await;
    assert_eq!(mdns::query(&permit(port), "a.local").await.map(|all| all.len()), Ok(8));
}

#[test]
fn chains_of_certificates_are_read_and_checked_up_to_their_length() {
    let one = rcgen::generate_simple_self_signed(["device.example".to_owned()]).unwrap().cert.der().to_vec();
    let chain = |count: usize| {
        let hello = Message { kind: 2, body: [&[3, 3][..], &[7; 32], &[0, 0xc0, 0x2f, 0]].concat() };
        let shown = Message { kind: 11, body: counted(3, &counted(3, &one).repeat(count)) };
        Flight::of(&[hello, shown]).map(|flight| flight.chain.len())
    };
    assert_eq!((chain(32), chain(1_000)), (Some(32), Some(32)));
    let found = x509::validate(&vec![one.clone(); 1_000], &[one], "device.example", 0);
    assert!(!found.order_ok, "not all of a thousand were looked at");
}
