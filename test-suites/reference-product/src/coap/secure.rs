//! The DTLS side: many peers behind one socket.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Result;
use dimpl::{Config, Dtls, Output, PskResolver};
use tokio::{net::UdpSocket, time::sleep_until};

use super::{
    LONGEST,
    old_dtls::{OldDtls, Opening, opening},
    resources::{self, Visitor},
};
use crate::{Fault, events::Kind, world::World};

/// The one identity that has a key.
const IDENTITY: &[u8] = b"commissioner";
/// How many peers are served at a time; the most silent one makes room.
const PEERS: usize = 64;
/// How long a peer may be silent.
const SILENCE: Duration = Duration::from_mins(1);
/// The longest wait before timers are looked at again.
const PAUSE: Duration = Duration::from_secs(1);
/// A fatal alert `decrypt_error` in the clear, with a sequence number above all others.
const DECRYPT_ERROR: &[u8] = &[21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 2, 2, 51];

/// Gives the key to the right identity, and remembers who asked.
#[derive(Default)]
struct Door {
    key: Vec<u8>,
    asked: Mutex<Option<String>>,
}

impl PskResolver for Door {
    fn resolve(&self, identity: &[u8]) -> Option<Vec<u8>> {
        let name = String::from_utf8_lossy(identity).into_owned();
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(name);
        (identity == IDENTITY && !self.key.is_empty()).then(|| self.key.clone())
    }
}

struct Peer {
    dtls: Dtls,
    door: Arc<Door>,
    random: [u8; 32],
    heard: Instant,
    wake: Instant,
    connected: bool,
    finished: bool,
}

/// The server.
pub(super) struct Server {
    world: Arc<World>,
    socket: UdpSocket,
    old: Option<OldDtls>,
    peers: HashMap<SocketAddr, Peer>,
}

impl Server {
    /// A server without peers.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub(super) fn new(world: &Arc<World>, socket: UdpSocket) -> Result<Self> {
        let old = world.has(Fault::Dtls10).then(|| OldDtls::new(!world.has(Fault::DtlsNoCookie))).transpose()?;
        Ok(Self { world: Arc::clone(world), socket, old, peers: HashMap::new() })
    }

    /// Serves for ever.
    pub(super) async fn run(mut self) {
        let mut buffer = [0; LONGEST];
        loop {
            let wake = self.peers.values().map(|peer| peer.wake).min().unwrap_or_else(|| Instant::now() + PAUSE);
            let wake = wake.min(Instant::now() + PAUSE);
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => {
                    if let Ok((length, from)) = received {
                        self.receive(buffer.get(..length).unwrap_or_default(), from).await;
                    }
                }
                () = sleep_until(wake.into()) => self.tick().await,
            }
        }
    }

    async fn tick(&mut self) {
        let now = Instant::now();
        let due: Vec<SocketAddr> = self.peers.iter().filter(|(_, peer)| peer.wake <= now).map(|(address, _)| *address).collect();
        for address in due {
            self.advance(address, None).await;
        }
        self.peers.retain(|_, peer| now.duration_since(peer.heard) < SILENCE);
    }

    async fn receive(&mut self, datagram: &[u8], from: SocketAddr) {
        if let Some(opening) = opening(datagram) {
            if let Some(answer) = self.old.as_ref().and_then(|old| old.answer(&opening, from).ok().flatten()) {
                let _ = self.socket.send_to(&answer, from).await;
                return;
            }
            self.meet(&opening, from);
        }
        self.advance(from, Some(datagram)).await;
    }

    /// Makes a peer of a client that opens, and a new one of a peer that opens anew.
    fn meet(&mut self, opening: &Opening, from: SocketAddr) {
        let random = opening.hello.random;
        if self.peers.get(&from).is_some_and(|peer| peer.random == random) {
            return;
        }
        if self.peers.len() >= PEERS
            && let Some(oldest) = self.peers.iter().min_by_key(|(_, peer)| peer.heard).map(|(address, _)| *address)
        {
            self.peers.remove(&oldest);
        }
        let door = Arc::new(Door { key: self.world.psk.clone(), asked: Mutex::default() });
        let config = Config::builder()
            .with_psk_server(None, Arc::clone(&door) as Arc<dyn PskResolver>)
            .use_server_cookie(!self.world.has(Fault::DtlsNoCookie))
            .build();
        if let Ok(config) = config {
            let now = Instant::now();
            let dtls = Dtls::new_12_psk(Arc::new(config), now);
            self.peers.insert(from, Peer { dtls, door, random, heard: now, wake: now, connected: false, finished: false });
        }
    }

    /// Lets a peer's state machine work, with a datagram if one came.
    async fn advance(&mut self, address: SocketAddr, datagram: Option<&[u8]>) {
        let Some(peer) = self.peers.get_mut(&address) else { return };
        let (now, before) = (Instant::now(), peer.connected);
        let mut alive = peer.dtls.handle_timeout(now).is_ok();
        if let Some(datagram) = datagram {
            peer.heard = now;
            peer.finished |= holds_finished(datagram);
            alive &= peer.dtls.handle_packet(datagram).is_ok();
        }
        let (packets, requests, open) = drain(peer);
        let mut answers = Vec::new();
        for request in requests {
            if let Some(answer) = resources::answer(&request, Visitor::Commissioner, &self.world) {
                alive &= peer.dtls.send_application_data(&answer).is_ok();
            }
        }
        answers.extend(drain(peer).0);
        let refused = !peer.connected && peer.finished && asked(peer).is_some();
        if refused || (peer.connected && !before) {
            self.world.log.record(Kind::Login, address, !refused, &asked(peer).unwrap_or_default(), "coaps");
        }
        if refused {
            answers.push(DECRYPT_ERROR.to_vec());
        }
        for packet in packets.iter().chain(&answers) {
            let _ = self.socket.send_to(packet, address).await;
        }
        if refused || !alive || !open {
            self.peers.remove(&address);
        }
    }
}

fn asked(peer: &Peer) -> Option<String> {
    peer.door.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Takes out what the state machine has to send and has received, and whether it is still open.
fn drain(peer: &mut Peer) -> (Vec<Vec<u8>>, Vec<Vec<u8>>, bool) {
    let (mut packets, mut requests, mut open) = (Vec::new(), Vec::new(), true);
    let mut buffer = vec![0; LONGEST];
    loop {
        match peer.dtls.poll_output(&mut buffer) {
            Output::Packet(packet) => packets.push(packet.to_vec()),
            Output::ApplicationData(data) => requests.push(data.to_vec()),
            Output::BufferTooSmall { needed } => buffer.resize(needed.min(1 << 16), 0),
            Output::Connected => peer.connected = true,
            Output::CloseNotify => open = false,
            Output::Timeout(at) => {
                peer.wake = at;
                return (packets, requests, open);
            }
            _ => {}
        }
    }
}

/// Whether a datagram has a handshake record of the first encrypted epoch: the client's `Finished`.
fn holds_finished(datagram: &[u8]) -> bool {
    let mut records = crate::reader::Reader::new(datagram);
    while let Some(kind) = records.u8() {
        let (_version, epoch, _sequence, content) = (records.u16(), records.u16(), records.take(6), records.vector16());
        if kind == 22 && epoch == Some(1) {
            return true;
        }
        if content.is_none() {
            return false;
        }
    }
    false
}
