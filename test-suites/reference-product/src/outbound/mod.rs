//! What the device does of its own accord: it sends readings to its telemetry server, looks for updates, asks for the time
//! and for the addresses of names.

mod credulous;
mod dns;
mod ntp;
mod old_tls;

use std::{
    collections::BTreeSet,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU16, Ordering},
    },
    time::Duration,
};

use rustls::{ClientConfig, RootCertStore, client::WebPkiServerVerifier, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::Mutex,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::{Addresses, Fault, state::State, world::Faults};

use credulous::Credulous;

/// The port and the name of the telemetry server.
const TELEMETRY: Peer = Peer { port: 8443, name: "telemetry.dishwasher.test" };
/// The same of the update server.
const UPDATES: Peer = Peer { port: 9444, name: "updates.dishwasher.test" };
/// Where a faulty device speaks to the telemetry server without TLS.
const IN_CLEAR: u16 = 8080;
/// The ports of the time server and the name server, and the one from which a faulty device asks for names.
const TIME: u16 = 10123;
const NAMES: u16 = 10053;
const SAME_PORT: u16 = 53530;
/// How long one exchange may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest answer that is read, in bytes.
const ANSWER: u64 = 256 * 1024;

/// A server that the device talks to.
#[derive(Clone, Copy)]
struct Peer {
    port: u16,
    name: &'static str,
}

/// The device as a client.
pub(crate) struct Outbound {
    from: Ipv4Addr,
    to: Ipv4Addr,
    faults: Faults,
    telemetry: TlsConnector,
    updates: TlsConnector,
    /// By how many milliseconds the clock is ahead, as a jumping time server left it.
    ahead: AtomicI64,
    /// Numbers of queries of a device that counts them.
    queries: AtomicU16,
    /// Names are looked up one after the other.
    turn: Mutex<()>,
}

impl Outbound {
    /// The client of the device at `from`; its servers are where its settings say, at the collector's address.
    pub(crate) fn new(addresses: &Addresses, from: Ipv4Addr, faults: &Faults, state: &State) -> anyhow::Result<Self> {
        let any = if faults.has(Fault::UpdateCheckAnyCertificate) { [Fault::PeerAnyCertificate].into() } else { BTreeSet::new() };
        Ok(Self {
            from,
            to: addresses.collector,
            faults: faults.clone(),
            telemetry: connector(faults, state)?,
            updates: connector(&Faults::new(any), state)?,
            ahead: AtomicI64::new(0),
            queries: AtomicU16::new(0),
            turn: Mutex::default(),
        })
    }

    /// By how many milliseconds the device's clock is ahead.
    pub(crate) fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::Relaxed)
    }

    /// Asks for the time, looks its server up, and sends the readings.
    pub(crate) async fn report(&self, id: &str, cycle: &str) {
        if let Ok(ahead) = ntp::ask(self.from, SocketAddr::from((self.to, TIME))).await {
            // no clock drifts that far: such an answer is not followed
            let followed = self.faults.has(Fault::ClockFollowsJump);
            self.ahead.store(if followed { ahead } else { 0 }, Ordering::Relaxed);
        }
        let at = self.look_up(TELEMETRY.name).await.unwrap_or(self.to);
        let body = format!("{{\"id\":\"{id}\",\"cycle\":\"{cycle}\"}}");
        let request = request(TELEMETRY, "POST", "/readings", &body);
        // what cannot be sent now is sent with the next readings
        let _unsent = timeout(PATIENCE, self.send(at, &request)).await;
    }

    /// Asks the update server for the newest version.
    pub(crate) async fn check_for_update(&self) {
        let asking = async {
            let stream = self.connect(SocketAddr::from((self.to, UPDATES.port))).await?;
            let name = ServerName::try_from(UPDATES.name).map_err(io::Error::other)?;
            exchange(self.updates.connect(name, stream).await?, &request(UPDATES, "GET", "/latest.json", "")).await
        };
        // a newer version is offered to the user the next time
        let _answer = timeout(PATIENCE, asking).await;
    }

    async fn send(&self, at: Ipv4Addr, request: &str) -> io::Result<()> {
        let secure = async {
            let stream = self.connect(SocketAddr::from((at, TELEMETRY.port))).await?;
            let name = ServerName::try_from(TELEMETRY.name).map_err(io::Error::other)?;
            exchange(self.telemetry.connect(name, stream).await?, request).await
        };
        match secure.await {
            Ok(answer) => {
                if self.faults.has(Fault::ClientOffersWeak) {
                    old_tls::greet(self.connect(SocketAddr::from((at, TELEMETRY.port))).await?).await?;
                }
                match elsewhere(&answer).filter(|_| self.faults.has(Fault::PeerRedirectFollowed)) {
                    Some(place) => exchange(self.connect(place).await?, request).await.map(drop),
                    None => Ok(()),
                }
            }
            Err(_) if self.faults.has(Fault::PeerOldTls) => {
                old_tls::shake(self.connect(SocketAddr::from((at, TELEMETRY.port))).await?).await
            }
            Err(_) if self.faults.has(Fault::PeerFallsBack) => {
                exchange(self.connect(SocketAddr::from((at, IN_CLEAR))).await?, request).await.map(drop)
            }
            Err(error) => Err(error),
        }
    }

    async fn look_up(&self, name: &str) -> io::Result<Ipv4Addr> {
        let _turn = self.turn.lock().await;
        let random = crate::state::random().map_err(io::Error::other)?;
        let (port, id) = if self.faults.has(Fault::DnsSamePort) {
            (SAME_PORT, self.queries.fetch_add(1, Ordering::Relaxed).to_be_bytes())
        } else {
            (0, [random[0], random[1]])
        };
        dns::look_up(SocketAddr::from((self.from, port)), SocketAddr::from((self.to, NAMES)), name, id).await
    }

    async fn connect(&self, to: SocketAddr) -> io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((self.from, 0)))?;
        let stream = socket.connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

fn request(peer: Peer, method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}", peer.name)
}

/// Where an answer sends the client, if to an address in clear.
fn elsewhere(answer: &[u8]) -> Option<SocketAddr> {
    let text = String::from_utf8_lossy(answer).into_owned();
    let (_, after) = text.split_once("Location: http://").filter(|_| text.starts_with("HTTP/1.1 30"))?;
    after.split_once('/')?.0.parse().ok()
}

/// Sends a request and reads the answer to its end.
async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> io::Result<Vec<u8>> {
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    // a server that closes without the end of TLS has still answered
    match stream.take(ANSWER).read_to_end(&mut answer).await {
        Err(error) if answer.is_empty() => Err(error),
        _ => Ok(answer),
    }
}

fn connector(faults: &Faults, state: &State) -> anyhow::Result<TlsConnector> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(state.authority())?;
    let strict = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Credulous { strict, faults: faults.clone() }))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Part,
        trial::{Trial, connect, talk},
    };
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn readings_are_sent_to_nobody_in_clear() {
        let trial = Trial::of(Part::Device, &[]).await;
        let server = TcpListener::bind((trial.addresses.collector, TELEMETRY.port)).await.unwrap();
        assert!(connect(trial.addresses.device, 8443).await.is_some());
        let state = tempfile::tempdir().unwrap();
        let state = State::open(state.path()).unwrap();
        let outbound = Outbound::new(&trial.addresses, trial.addresses.device, &Faults::default(), &state).unwrap();
        let (accepted, ()) = tokio::join!(server.accept(), outbound.report("DW-0001", "eco"));
        let heard = talk(&mut accepted.unwrap().0, b"", b"\x01").await;
        assert_eq!(heard.first(), Some(&22));
    }
}
