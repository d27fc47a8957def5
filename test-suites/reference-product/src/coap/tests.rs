use std::{
    net::Ipv4Addr,
    sync::Arc,
    time::{Duration, Instant},
};

use coap_lite::{CoapOption, MessageClass, MessageType, Packet, RequestType, ResponseType};
use dimpl::{Config, Dtls, Output, PskResolver};
use tokio::{net::UdpSocket, time::timeout};

use super::{PLAIN, SECURE};
use crate::{
    Fault, Part,
    trial::{Trial, ask},
};

struct Key(Vec<u8>);

impl PskResolver for Key {
    fn resolve(&self, _: &[u8]) -> Option<Vec<u8>> {
        Some(self.0.clone())
    }
}

fn request(method: RequestType, path: &str) -> Vec<u8> {
    let mut packet = Packet::new();
    packet.header.set_type(MessageType::Confirmable);
    packet.header.message_id = 7;
    packet.header.code = MessageClass::Request(method);
    for part in path.split('/').skip(1) {
        packet.add_option(CoapOption::UriPath, part.as_bytes().to_vec());
    }
    packet.to_bytes().unwrap()
}

fn code(answer: &[u8]) -> ResponseType {
    match Packet::from_bytes(answer).unwrap().header.code {
        MessageClass::Response(code) => code,
        other => panic!("{other:?}"),
    }
}

/// Asks over DTLS; none if the handshake does not succeed.
async fn ask_securely(address: Ipv4Addr, identity: &str, key: &[u8], request: &[u8]) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect((address, SECURE)).await.unwrap();
    let config = Config::builder().with_psk_client(identity.as_bytes().to_vec(), Arc::new(Key(key.to_vec()))).build().unwrap();
    let mut dtls = Dtls::new_12_psk(Arc::new(config), Instant::now());
    dtls.set_active(true);
    let (mut out, mut received) = ([0; 2048], [0; 2048]);
    loop {
        dtls.handle_timeout(Instant::now()).ok()?;
        loop {
            match dtls.poll_output(&mut out) {
                Output::Packet(packet) => drop(socket.send(packet).await),
                Output::Connected => drop(dtls.send_application_data(request)),
                Output::ApplicationData(data) => return Some(data.to_vec()),
                Output::Timeout(_) => break,
                _ => {}
            }
        }
        let length = timeout(Duration::from_millis(500), socket.recv(&mut received)).await.ok()?.ok()?;
        dtls.handle_packet(&received[..length]).ok()?;
    }
}

fn key(trial: &Trial) -> Vec<u8> {
    let text = trial.secret("device-psk");
    (0..16).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

#[tokio::test]
async fn strangers_get_the_listing_only() {
    for (faults, cycle) in [(&[][..], ResponseType::Unauthorized), (&[Fault::CoapOpenSetting], ResponseType::Content)] {
        let trial = Trial::of(Part::Device, faults).await;
        let device = trial.addresses.device;
        let plain = async |method, path| code(&ask(device, PLAIN, &request(method, path)).await.unwrap());
        assert_eq!(plain(RequestType::Get, "/.well-known/core").await, ResponseType::Content);
        assert_eq!(plain(RequestType::Get, "/settings/cycle").await, cycle);
        assert_eq!(plain(RequestType::Put, "/settings/cycle").await, ResponseType::Unauthorized);
        assert_eq!(plain(RequestType::Get, "/status").await, ResponseType::Unauthorized);
        assert_eq!(ask(device, PLAIN, &[0x40, 0, 0, 9]).await.unwrap(), [0x70, 0, 0, 9]);
        assert_eq!(ask(device, PLAIN, b"noise").await, None);
    }
}

#[tokio::test]
async fn the_key_opens_the_secure_side() {
    for faults in [&[][..], &[Fault::DtlsNoCookie], &[Fault::Dtls10]] {
        let trial = Trial::of(Part::Device, faults).await;
        let (device, key) = (trial.addresses.device, key(&trial));
        let get = async |identity, key: &[u8], path| ask_securely(device, identity, key, &request(RequestType::Get, path)).await;
        assert_eq!(code(&get("commissioner", &key, "/status").await.unwrap()), ResponseType::Content);
        assert_eq!(code(&get("commissioner", &key, "/other").await.unwrap()), ResponseType::NotFound);
        assert_eq!(get("commissioner", b"another key 1234", "/status").await, None);
        assert_eq!(get("admin", &key, "/status").await, None);
    }
}

/// A hello without extensions that offers a suite with a pre-shared key.
fn hello(version: u8, cookie: &[u8]) -> Vec<u8> {
    let suites = [0, 4, 0, 0x8c, 0xc0, 0xa8];
    let length = u8::try_from(cookie.len()).unwrap();
    let body = [&[0xfe, version][..], &[5; 32], &[0, length], cookie, &suites, &[1, 0]].concat();
    let size = u8::try_from(body.len()).unwrap();
    let message = [&[1, 0, 0, size, 0, 0, 0, 0, 0, 0, 0, size][..], &body].concat();
    [&[22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 3, 0, size + 12][..], &message].concat()
}

#[tokio::test]
async fn old_dtls_is_a_fault() {
    let good = Trial::of(Part::Device, &[]).await;
    assert_eq!(ask(good.addresses.device, SECURE, &hello(0xff, &[])).await, None);
    let trial = Trial::of(Part::Device, &[Fault::Dtls10, Fault::DtlsNoCookie]).await;
    let answer = ask(trial.addresses.device, SECURE, &hello(0xff, &[])).await.unwrap();
    assert_eq!((answer[13], &answer[25..27]), (2, &[0xfe, 0xff][..]));
    let trial = Trial::of(Part::Device, &[Fault::Dtls10]).await;
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect((trial.addresses.device, SECURE)).await.unwrap();
    let mut answer = [0; 512];
    socket.send(&hello(0xff, &[])).await.unwrap();
    socket.recv(&mut answer).await.unwrap();
    assert_eq!((answer[13], answer[27]), (3, 20));
    let cookie = answer[28..48].to_vec();
    socket.send(&hello(0xff, &cookie)).await.unwrap();
    socket.recv(&mut answer).await.unwrap();
    assert_eq!((answer[13], &answer[25..27], &answer[60..62]), (2, &[0xfe, 0xff][..], &[0, 0x8c][..]));
}

#[tokio::test]
async fn cookies_come_first_unless_faulty() {
    for (faults, kind) in [(&[][..], 3), (&[Fault::DtlsNoCookie], 2)] {
        let trial = Trial::of(Part::Device, faults).await;
        let mut offered = hello(0xfd, &[]);
        offered.extend([0, 4, 0, 23, 0, 0]);
        for at in [12, 16, 24] {
            offered[at] += 6;
        }
        assert_eq!(ask(trial.addresses.device, SECURE, &offered).await.unwrap()[13], kind);
    }
}
