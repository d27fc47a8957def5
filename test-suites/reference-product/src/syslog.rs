//! Sends the device's events to the collector: RFC 5424 messages, counted octets, over TLS (RFC 5425).

use std::{
    collections::VecDeque,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::{
    Addresses, Fault,
    any_certificate::AnyCertificate,
    events::Exported,
    notices::Notices,
    state::State,
    world::{Faults, Shared},
};

/// How long the end of a connection is looked for before each use.
const NOTICE: Duration = Duration::from_millis(50);
/// How many events may wait; the oldest is dropped then.
const WAITING: usize = 100;
/// How long connecting, and how long writing, may take.
const PATIENCE: Duration = Duration::from_millis(500);
/// Facility 10 (security), severity 6 (informational).
const PRIORITY: u8 = 86;

/// What carries the messages: TCP with or without TLS.
trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

struct Exporter {
    from: Ipv4Addr,
    to: SocketAddr,
    tls: Option<TlsConnector>,
    connection: Option<Box<dyn Stream>>,
    waiting: VecDeque<Vec<u8>>,
    notices: Arc<Notices>,
    forgets: bool,
    more: &'static str,
}

/// Starts the sender of one device; it lives as long as the product.
pub(crate) fn start(
    addresses: &Addresses,
    from: Ipv4Addr,
    notices: Arc<Notices>,
    faults: &Faults,
    shared: &Shared<'_>,
) -> anyhow::Result<Sender<Exported>> {
    let (sender, receiver) = channel(WAITING);
    let tls = if faults.has(Fault::LogPlain) { None } else { Some(connector(faults, shared.state)?) };
    let to = SocketAddr::from((addresses.collector, 6514));
    let forgets = faults.has(Fault::CollectorOutageLoses);
    let exporter = Exporter { from, to, tls, connection: None, waiting: VecDeque::new(), notices, forgets, more: shared.tasks.scribble() };
    shared.tasks.spawn(exporter.run(receiver));
    Ok(sender)
}

fn connector(faults: &Faults, state: &State) -> anyhow::Result<TlsConnector> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let config = if faults.has(Fault::LogAnyCollector) {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyCertificate(provider))).with_no_client_auth()
    } else {
        let mut roots = RootCertStore::empty();
        roots.add(state.authority())?;
        builder.with_root_certificates(roots).with_no_client_auth()
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

impl Exporter {
    async fn run(mut self, mut events: Receiver<Exported>) {
        while let Some(event) = events.recv().await {
            self.enqueue(&event);
            while let Ok(event) = events.try_recv() {
                self.enqueue(&event);
            }
            self.deliver().await;
            self.notices.collector(self.connection.is_some());
            if self.forgets && self.connection.is_none() {
                self.waiting.clear();
            }
        }
    }

    fn enqueue(&mut self, event: &Exported) {
        let message = message(event, self.from) + self.more;
        if self.waiting.len() >= WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(format!("{} {message}", message.len()).into_bytes());
    }

    /// Sends what waits; what cannot be sent waits for the next event.
    async fn deliver(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            let mut nothing = [0; 64];
            // a collector that has gone is noticed before anything is sent to it in vain
            if timeout(NOTICE, connection.read(&mut nothing)).await.is_err() {
                self.connection = Some(connection);
            }
        }
        if self.connection.is_none() {
            self.connection = timeout(PATIENCE, self.connect()).await.ok().and_then(Result::ok);
        }
        let Some(mut connection) = self.connection.take() else { return };
        while let Some(frame) = self.waiting.front() {
            let sent = async {
                connection.write_all(frame).await?;
                connection.flush().await
            };
            if !matches!(timeout(PATIENCE, sent).await, Ok(Ok(()))) {
                return;
            }
            self.waiting.pop_front();
        }
        self.connection = Some(connection);
    }

    async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((self.from, 0)))?;
        let stream: TcpStream = socket.connect(self.to).await?;
        stream.set_nodelay(true)?;
        Ok(match &self.tls {
            None => Box::new(stream),
            Some(tls) => Box::new(tls.connect(ServerName::IpAddress(self.to.ip().into()), stream).await?),
        })
    }
}

/// The event as an RFC 5424 message.
fn message(event: &Exported, from: Ipv4Addr) -> String {
    let time = event.time.replace(' ', "T");
    format!("<{PRIORITY}>1 {time} {from} dishwasher - {} - {}", event.name.to_uppercase(), event.line)
}
