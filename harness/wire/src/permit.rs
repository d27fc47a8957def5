//! Permits: proof that an address may be touched, and how hard.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use assay_model::profile::{Interface, Speaks};
use tokio::net::{TcpStream, UdpSocket};

use crate::authority::HostState;
use crate::clock::{Deadlines, Stopwatch, within};
use crate::datagrams::Datagrams;
use crate::error::{Error, Result};
use crate::ledger::{Ledger, Transport};
use crate::link::Link;
use crate::pace::Effort;
use crate::secrets::Secrets;
use crate::tls::{self, TlsOptions};

/// Permission to speak to one port of one host. Everything that is said is kept in its ledger.
#[derive(Debug, Clone)]
pub struct Permit {
    pub(crate) host: Arc<HostState>,
    port: u16,
    speaks: Option<Speaks>,
    tls_name: Option<String>,
    pub(crate) ledger: Ledger,
    secrets: Secrets,
}

impl Permit {
    pub(crate) fn new(host: Arc<HostState>, interface: &Interface, ledger: Ledger, secrets: Secrets) -> Self {
        Self { host, port: interface.port, speaks: Some(interface.speaks), tls_name: interface.tls_name.clone(), ledger, secrets }
    }

    pub(crate) fn for_port(host: Arc<HostState>, port: u16, ledger: Ledger, secrets: Secrets) -> Self {
        Self { host, port, speaks: None, tls_name: None, ledger, secrets }
    }

    pub(crate) fn for_endpoint(host: Arc<HostState>, port: u16, tls_name: Option<String>, ledger: Ledger) -> Self {
        Self { host, port, speaks: None, tls_name, ledger, secrets: Secrets::default() }
    }

    /// The same permission for another port of the same host.
    #[must_use]
    pub fn at_port(&self, port: u16) -> Self {
        Self { port, speaks: None, tls_name: None, ..self.clone() }
    }

    /// The same permission for a port that speaks this.
    #[must_use]
    pub fn speaking(&self, speaks: Speaks) -> Self {
        Self { speaks: Some(speaks), ..self.clone() }
    }

    /// What was sent to the host so far.
    pub fn effort(&self) -> Effort {
        self.host.pace.effort()
    }

    /// Address and port.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host.address, self.port)
    }

    /// Address and port, as they stand in messages.
    pub fn peer(&self) -> String {
        self.address().to_string()
    }

    /// The name that TLS asks for: the declared one, else the address.
    pub fn tls_name(&self) -> String {
        self.tls_name.clone().unwrap_or_else(|| self.host.address.to_string())
    }

    /// The declared name, if the profile has one.
    pub fn declared_name(&self) -> Option<&str> {
        self.tls_name.as_deref()
    }

    /// What goes into the `Host` header: the declared name or the address, with the port unless it is the usual one.
    pub fn authority_text(&self) -> String {
        let host = match (&self.tls_name, self.host.address) {
            (Some(name), _) => name.clone(),
            (None, IpAddr::V6(address)) => format!("[{address}]"),
            (None, IpAddr::V4(address)) => address.to_string(),
        };
        match (self.speaks, self.port) {
            (Some(Speaks::Http), 80) | (Some(Speaks::Https), 443) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// The protocol that the profile declares for this port, if any.
    pub fn speaks(&self) -> Option<Speaks> {
        self.speaks
    }

    /// How long things may take.
    pub fn deadlines(&self) -> Deadlines {
        self.host.deadlines
    }

    /// Bytes that must not stand in evidence from now on, such as a session token or an encoded password.
    pub fn hide(&self, secret: &[u8], label: &str) {
        self.secrets.add(secret, label);
    }

    /// Opens a TCP connection. One that meets itself, as happens on loopback where nothing listens, counts as refused.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Reset`], [`Error::TimedOut`], [`Error::Unreachable`], [`Error::Budget`].
    pub async fn tcp(&self) -> Result<Link> {
        self.tcp_within(self.host.deadlines.connect).await.map(|(link, _)| link)
    }

    /// The same with less patience than the budget's, where that is known to be enough; and how long the connection
    /// took to stand, without the wait for a free slot.
    ///
    /// # Errors
    /// As [`Permit::tcp`].
    pub async fn tcp_within(&self, limit: Duration) -> Result<(Link, Duration)> {
        let peer = self.peer();
        let slot = self.host.pace.turn(&peer).await?;
        let watch = Stopwatch::start();
        let connected = within(&peer, "connection", limit.min(self.host.deadlines.connect), TcpStream::connect(self.address())).await;
        let stream = connected.and_then(|stream| stream.map_err(|error| Error::from_io(&peer, &error))).inspect_err(|error| {
            if error.is_refusal() {
                self.host.pace.refusals.fetch_add(1, Ordering::Relaxed);
            }
        })?;
        if stream.local_addr().is_ok_and(|here| here == self.address()) {
            return Err(Error::Refused(peer));
        }
        let took = watch.elapsed();
        self.host.pace.connected_after(took);
        stream.set_nodelay(true).map_err(|error| Error::from_io(&peer, &error))?;
        let page = self.ledger.page(Transport::Tcp, &peer);
        Ok((Link::plain(stream, page, self.host.deadlines.answer, slot), took))
    }

    /// The most connections that may be open to this host at the same time.
    pub fn most_connections(&self) -> usize {
        self.host.pace.most
    }

    /// Opens a TLS connection. Any certificate is taken: judging it is for the tests, which read it from
    /// [`Link::session`].
    ///
    /// # Errors
    /// As [`Permit::tcp`], and [`Error::Handshake`].
    pub async fn tls(&self, options: &TlsOptions) -> Result<Link> {
        let link = self.tcp().await?;
        self.start_tls(link, options).await
    }

    /// Starts TLS on a plain link that this permit opened, as after STARTTLS. What follows is recorded apart.
    ///
    /// # Errors
    /// As [`Permit::tls`]; [`Error::Local`] when the link has TLS already.
    pub async fn start_tls(&self, link: Link, options: &TlsOptions) -> Result<Link> {
        let name = options.name.clone().unwrap_or_else(|| self.tls_name());
        tls::connect(link, &name, options, &self.ledger, self.host.deadlines.connect).await
    }

    /// Opens whatever the interface speaks over a stream: TLS where it is declared so, TCP otherwise.
    ///
    /// # Errors
    /// As [`Permit::tls`].
    pub async fn stream(&self) -> Result<Link> {
        if self.speaks.is_some_and(Speaks::is_tls) { self.tls(&TlsOptions::default()).await } else { self.tcp().await }
    }

    /// Opens a UDP socket that speaks to this address alone.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Budget`], [`Error::Local`].
    pub async fn udp(&self) -> Result<Datagrams> {
        let peer = self.peer();
        let slot = self.host.pace.turn(&peer).await?;
        let any: SocketAddr = if self.host.address.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
        let local = |error: std::io::Error| Error::Local(format!("{error} (opening a UDP socket)"));
        let socket = UdpSocket::bind(any).await.map_err(local)?;
        socket.connect(self.address()).await.map_err(|error| Error::from_io(&peer, &error))?;
        Ok(Datagrams::plain(socket, self.ledger.page(Transport::Udp, &peer), self.host.deadlines.answer, slot))
    }

    /// Takes one failed log-in out of the budget. Call it before every attempt that may fail.
    ///
    /// # Errors
    /// [`Error::Budget`] when none is left: the attempt must not be made.
    pub fn spend_login(&self) -> Result<()> {
        self.host.pace.spend_login(&self.peer())
    }

    /// Gives back a log-in that was taken out and did not fail.
    pub fn return_login(&self) {
        self.host.pace.return_login();
    }

    /// Failed log-ins that are left.
    pub fn logins_left(&self) -> u32 {
        self.host.pace.logins_left()
    }
}
