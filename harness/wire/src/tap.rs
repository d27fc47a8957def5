//! Listening to what passes this machine's network interfaces, for captures of the product's own traffic.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::{Authority, Error, Result};

/// The longest frame that is taken, in bytes; the kernel joins packets to no more than 64 KiB.
const LONGEST: usize = 65_536 + 64;
/// Frames that may wait to be taken.
const WAITING: usize = 1024;
/// Bytes that the kernel may hold meanwhile.
const HELD: usize = 8 << 20;
/// How long after the last look the ear is taken off once nobody listens.
const LOOK: Duration = Duration::from_millis(200);
/// `ETH_P_ALL`: frames of every protocol (packet(7)).
const ALL: u16 = 3;
/// The addresses of an Ethernet frame, in bytes; the type follows.
const ADDRESSES: usize = 12;

/// An ear on all interfaces of this machine, for frames to and from the addresses of an authority alone. It sends nothing.
#[derive(Debug)]
pub struct Tap(Receiver<Result<Vec<u8>>>);

impl Tap {
    /// Begins to listen for the hosts of this authority.
    ///
    /// # Errors
    /// [`Error::Local`] when this machine does not let the program listen, which needs the right `CAP_NET_RAW`.
    pub fn open(authority: &Authority) -> Result<Self> {
        let failed = |error: std::io::Error| Error::Local(format!("cannot listen to the network ({error}): CAP_NET_RAW is needed"));
        let socket = Socket::new(Domain::PACKET, Type::RAW, Some(Protocol::from(i32::from(ALL.to_be())))).map_err(failed)?;
        socket.set_read_timeout(Some(LOOK)).map_err(failed)?;
        socket.set_recv_buffer_size(HELD).map_err(failed)?;
        let (sender, receiver) = mpsc::channel(WAITING);
        let of = authority.addresses().collect();
        std::thread::Builder::new().name("tap".to_owned()).spawn(move || listen(socket, &of, &sender)).map_err(failed)?;
        Ok(Self(receiver))
    }

    /// The next frame to or from one of the hosts, as Ethernet.
    ///
    /// # Errors
    /// [`Error::Local`] when this machine no longer lets the program listen.
    pub async fn next(&mut self) -> Result<Vec<u8>> {
        let ended = || Err(Error::Local("listening to the network has ended".to_owned()));
        self.0.recv().await.unwrap_or_else(ended)
    }
}

/// Hands on frames until nobody takes them.
fn listen(mut socket: Socket, of: &BTreeSet<IpAddr>, sender: &Sender<Result<Vec<u8>>>) {
    let mut buffer = vec![0; LONGEST];
    let mut last = Vec::new();
    while !sender.is_closed() {
        let length = match socket.read(&mut buffer) {
            Ok(length) => length,
            // nothing came; or an interface went down, which is told once, and the others go on
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::NetworkDown) => continue,
            Err(error) => {
                let _nobody_listens = sender.blocking_send(Err(Error::Local(format!("cannot listen to the network: {error}"))));
                return;
            }
        };
        let frame = buffer.get(..length).unwrap_or_default();
        if !ends(frame).is_some_and(|ends| ends.iter().any(|end| of.contains(end))) {
            continue;
        }
        // the loopback interface shows each packet on its way out and on its way in
        let is_echo = frame.iter().take(ADDRESSES).all(|byte| *byte == 0) && frame == last;
        last.clear();
        if !is_echo {
            last.extend_from_slice(frame);
            let _nobody_listens = sender.blocking_send(Ok(frame.to_vec()));
        }
    }
}

/// The two network addresses of an Ethernet frame of IPv4, IPv6 or ARP.
fn ends(frame: &[u8]) -> Option<[IpAddr; 2]> {
    let (kind, rest) = frame.get(ADDRESSES..)?.split_first_chunk::<2>()?;
    let (kind, packet) = match u16::from_be_bytes(*kind) {
        // a tag of a virtual network stands before the type (IEEE 802.1Q)
        0x8100 => rest.get(2..)?.split_first_chunk::<2>().map(|(kind, rest)| (u16::from_be_bytes(*kind), rest))?,
        kind => (kind, rest),
    };
    let four = |at: usize| Some(IpAddr::V4(Ipv4Addr::from(*packet.get(at..)?.first_chunk::<4>()?)));
    let six = |at: usize| Some(IpAddr::V6(Ipv6Addr::from(*packet.get(at..)?.first_chunk::<16>()?)));
    match kind {
        0x0800 => Some([four(12)?, four(16)?]),
        0x0806 => Some([four(14)?, four(24)?]),
        0x86dd => Some([six(8)?, six(24)?]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use assay_model::profile::Budget;
    use tokio::net::UdpSocket;
    use tokio::time::timeout;

    use super::*;
    use crate::{Host, Secrets};

    fn tap(address: &str) -> Result<Tap> {
        let host = Host { component: "device".into(), sample: "S1".into(), address: address.parse().unwrap() };
        Tap::open(&Authority::new(vec![host], &Budget::default(), Secrets::default()))
    }

    #[tokio::test]
    async fn only_frames_of_the_hosts_are_heard_and_each_once() {
        let mut tap = match tap("127.66.4.1") {
            Ok(tap) => tap,
            Err(error) => return assert!(error.to_string().contains("CAP_NET_RAW"), "{error}"),
        };
        let product = UdpSocket::bind("127.66.4.1:0").await.unwrap();
        let other = UdpSocket::bind("127.66.4.2:0").await.unwrap();
        let third = UdpSocket::bind("127.66.4.3:0").await.unwrap();
        other.send_to(b"not to be heard", third.local_addr().unwrap()).await.unwrap();
        other.send_to(b"to the product", product.local_addr().unwrap()).await.unwrap();
        product.send_to(b"from the product", other.local_addr().unwrap()).await.unwrap();
        for said in [&b"to the product"[..], b"from the product"] {
            assert!(timeout(Duration::from_secs(5), tap.next()).await.unwrap().unwrap().ends_with(said));
        }
        assert!(timeout(Duration::from_millis(200), tap.next()).await.is_err(), "a frame is heard twice");
    }

    #[test]
    fn short_and_strange_frames_have_no_ends() {
        let v4 = [&[0; 12][..], &[8, 0, 0x45], &[0; 11], &[10, 0, 0, 1], &[10, 0, 0, 2]].concat();
        let expected: [IpAddr; 2] = [[10, 0, 0, 1].into(), [10, 0, 0, 2].into()];
        assert_eq!(ends(&v4), Some(expected));
        let tagged = [&v4[..12], &[0x81, 0, 0, 7], &v4[12..]].concat();
        assert_eq!(ends(&tagged), Some(expected));
        assert!((0..v4.len()).all(|cut| ends(&v4[..cut]).is_none()));
        assert_eq!(ends(&[0xff; 60]), None);
    }
}
