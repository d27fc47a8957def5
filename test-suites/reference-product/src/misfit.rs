//! Products that cannot be talked to.

use std::{future::Future, net::Ipv4Addr, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::{sleep, timeout},
};

use crate::{
    Addresses, Part,
    net::{Tasks, bind_udp},
    state::random,
};

/// The declared ports of the device.
const DEVICE_TCP: &[u16] = &[8443, 2222];
const DEVICE_UDP: &[u16] = &[5683, 5684, 5353];
/// The declared ports of the hub.
const HUB_TCP: &[u16] = &[8443, 8883];
/// The declared ports of the backend.
const BACKEND_TCP: &[u16] = &[9443, 9444, 6514];
/// The only declared port where no TLS is spoken.
const SSH: u16 = 2222;
/// How long a product waits for the client to speak first.
const HELLO: Duration = Duration::from_millis(200);
/// How many datagrams answer one datagram of an endless product, and how fast.
const BURST: usize = 200;
const PAUSE: Duration = Duration::from_millis(1);
/// How long an endless stream may stay unread before it is given up.
const UNREAD: Duration = Duration::from_mins(1);

/// How a product misbehaves at all its declared ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Nothing listens.
    Dead,
    /// Connections are accepted, and nothing is ever said.
    Mute,
    /// Connections are reset as soon as they are accepted; nothing listens at UDP ports.
    Resetting,
    /// Random bytes, then the end; random datagrams.
    Babbling,
    /// Plausible bytes that never end; many datagrams for one.
    Endless,
}

impl Misfit {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Dead, Self::Mute, Self::Resetting, Self::Babbling, Self::Endless];
}

/// Misbehaves at all declared ports of these parts.
pub(crate) async fn serve(misfit: Misfit, addresses: &Addresses, parts: impl Iterator<Item = Part>, tasks: &Tasks) -> anyhow::Result<()> {
    if misfit == Misfit::Dead {
        return Ok(());
    }
    for part in parts {
        match part {
            Part::Device => occupy(misfit, addresses.device, DEVICE_TCP, DEVICE_UDP, tasks).await?,
            Part::Sample => occupy(misfit, addresses.second_device, DEVICE_TCP, DEVICE_UDP, tasks).await?,
            Part::Hub => occupy(misfit, addresses.hub, HUB_TCP, &[], tasks).await?,
            Part::Backend => occupy(misfit, addresses.backend, BACKEND_TCP, &[], tasks).await?,
        }
    }
    Ok(())
}

async fn occupy(misfit: Misfit, address: Ipv4Addr, tcp: &[u16], udp: &[u16], tasks: &Tasks) -> anyhow::Result<()> {
    for port in tcp.iter().copied() {
        tasks.listen(SocketAddr::from((address, port)), move |stream, _| connection(misfit, port, stream)).await?;
    }
    for port in udp.iter().copied().filter(|_| misfit != Misfit::Resetting) {
        let socket = Arc::new(bind_udp(SocketAddr::from((address, port))).await?);
        tasks.spawn(datagrams(misfit, socket, tasks.clone()));
    }
    Ok(())
}

/// Serves a connection as this misfit does.
pub(crate) async fn connection(misfit: Misfit, port: u16, mut stream: TcpStream) {
    match misfit {
        Misfit::Dead => {}
        Misfit::Mute => while let Some(1..) = hear(&mut stream, Duration::MAX).await {},
        Misfit::Resetting => {
            let _ = stream.set_zero_linger();
        }
        Misfit::Babbling => {
            hear(&mut stream, HELLO).await;
            let _ = stream.write_all(&noise()).await;
            let _ = stream.shutdown().await;
        }
        Misfit::Endless => {
            hear(&mut stream, HELLO).await;
            let chunk = endless(port);
            while write_in_time(stream.write_all(&chunk)).await {}
        }
    }
}

/// Reads a little; none if the time is over or the connection broke.
async fn hear(stream: &mut TcpStream, patience: Duration) -> Option<usize> {
    timeout(patience, stream.read(&mut [0; 4096])).await.ok()?.ok()
}

async fn write_in_time(work: impl Future<Output = std::io::Result<()>>) -> bool {
    matches!(timeout(UNREAD, work).await, Ok(Ok(())))
}

async fn datagrams(misfit: Misfit, socket: Arc<UdpSocket>, tasks: Tasks) {
    let mut buffer = [0; 2048];
    loop {
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else {
            sleep(PAUSE).await;
            continue;
        };
        match misfit {
            Misfit::Babbling => {
                let _ = socket.send_to(&noise(), peer).await;
            }
            Misfit::Endless => {
                // the request's own first bytes with the acknowledging bits set look like an answer
                let mut answer = buffer.get(..length).unwrap_or_default().to_vec();
                answer.extend([0x62; 64]);
                let socket = Arc::clone(&socket);
                tasks.spawn(async move {
                    for _ in 0..BURST {
                        let _ = socket.send_to(&answer, peer).await;
                        sleep(PAUSE).await;
                    }
                });
            }
            Misfit::Dead | Misfit::Mute | Misfit::Resetting => {}
        }
    }
}

/// Some random bytes.
fn noise() -> Vec<u8> {
    (0..8).flat_map(|_| random().unwrap_or_default()).collect()
}

/// One piece of what can be said without end: greeting lines before SSH's own, or TLS records of one huge handshake message.
fn endless(port: u16) -> Vec<u8> {
    if port == SSH {
        return b"Welcome to the dishwasher, please wait\r\n".repeat(100);
    }
    let mut record = vec![22, 3, 3, 0x40, 0x00, 2, 0xff, 0xff, 0xff, 3, 3];
    record.resize(5 + 0x4000, 0);
    record
}
