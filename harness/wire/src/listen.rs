//! The laboratory's own listeners: what the product was told to send its log to, and the like.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, UdpSocket};

use crate::authority::Authority;
use crate::clock::within;
use crate::error::{Error, Result};
use crate::ledger::{Ledger, Transport};
use crate::link::Link;
use crate::tls::{self, ServerIdentity};

/// How long a peer may take for a TLS handshake with a listener.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// A TCP or TLS listener that serves permitted hosts alone.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    authority: Authority,
    identity: Option<ServerIdentity>,
    ledger: Ledger,
    answer: Duration,
}

/// A UDP listener that hears permitted hosts alone.
#[derive(Debug)]
pub struct UdpListener {
    socket: UdpSocket,
    authority: Authority,
    ledger: Ledger,
}

impl Authority {
    /// Listens for TCP connections, or TLS with this identity. `answer` bounds each wait on an accepted link.
    ///
    /// # Errors
    /// [`Error::Local`] when the address is not free on this machine.
    pub async fn listen(&self, at: SocketAddr, identity: Option<ServerIdentity>, ledger: &Ledger, answer: Duration) -> Result<Listener> {
        let socket = TcpListener::bind(at).await.map_err(|error| cannot_listen(at, &error))?;
        Ok(Listener { socket, authority: self.clone(), identity, ledger: ledger.clone(), answer })
    }

    /// Listens for datagrams.
    ///
    /// # Errors
    /// [`Error::Local`] when the address is not free on this machine.
    pub async fn listen_udp(&self, at: SocketAddr, ledger: &Ledger) -> Result<UdpListener> {
        let socket = UdpSocket::bind(at).await.map_err(|error| cannot_listen(at, &error))?;
        Ok(UdpListener { socket, authority: self.clone(), ledger: ledger.clone() })
    }
}

fn cannot_listen(at: SocketAddr, error: &std::io::Error) -> Error {
    Error::Local(format!("cannot listen at {at}: {error}; name an address of this machine that is free"))
}

impl Listener {
    /// Waits for a connection from a permitted host; others are turned away. With an identity, TLS is already set up.
    ///
    /// # Errors
    /// [`Error::TimedOut`] after `limit`; [`Error::Handshake`] when the peer ends the TLS handshake, which is the
    /// very thing to see where the listener is an impostor.
    pub async fn accept(&self, limit: Duration) -> Result<Link> {
        let link = self.accept_plain(limit).await?;
        match &self.identity {
            None => Ok(link),
            Some(identity) => self.secure(link, identity).await,
        }
    }

    /// Waits for a connection from a permitted host, and leaves it without TLS.
    ///
    /// # Errors
    /// [`Error::TimedOut`] after `limit`.
    pub async fn accept_plain(&self, limit: Duration) -> Result<Link> {
        let here = self.socket.local_addr().map(|at| at.to_string()).unwrap_or_default();
        let permitted = async {
            loop {
                let (stream, from) = self.socket.accept().await.map_err(|error| Error::Local(format!("{error} (accepting at {here})")))?;
                if self.authority.knows(from.ip()) {
                    return Ok((stream, from));
                }
            }
        };
        let (stream, from) = within(&here, "connection", limit, permitted).await??;
        Ok(Link::accepted(stream, self.ledger.page(Transport::Tcp, &from.to_string()), self.answer))
    }

    /// Takes the server's part in a TLS handshake on a connection that was accepted without.
    ///
    /// # Errors
    /// [`Error::Handshake`] when the peer ends it, [`Error::TimedOut`] when it does not go on.
    pub async fn secure(&self, link: Link, identity: &ServerIdentity) -> Result<Link> {
        tls::accept(link, identity, &self.ledger, HANDSHAKE).await
    }
}

impl UdpListener {
    /// Waits for a datagram from a permitted host; others are dropped.
    ///
    /// # Errors
    /// [`Error::TimedOut`] after `limit`.
    pub async fn receive(&self, limit: Duration) -> Result<(SocketAddr, Vec<u8>)> {
        let mut buffer = vec![0; 65_535];
        let permitted = async {
            loop {
                let (count, from) = self.socket.recv_from(&mut buffer).await.map_err(|error| Error::Local(error.to_string()))?;
                if self.authority.knows(from.ip()) {
                    return Ok((count, from));
                }
            }
        };
        let (count, from) = within("the listener", "datagram", limit, permitted).await??;
        buffer.truncate(count);
        self.ledger.page(Transport::Udp, &from.to_string()).write(false, &buffer);
        Ok((from, buffer))
    }

    /// Answers a permitted host.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] for any other; [`Error::Local`] when it cannot be sent.
    pub async fn answer(&self, to: SocketAddr, bytes: &[u8]) -> Result<()> {
        if !self.authority.knows(to.ip()) {
            return Err(Error::NotPermitted(format!("{to} is no address of a component of the profile")));
        }
        self.ledger.page(Transport::Udp, &to.to_string()).write(true, bytes);
        self.socket.send_to(bytes, to).await.map_err(|error| Error::Local(format!("{error} (answering {to})")))?;
        Ok(())
    }
}
