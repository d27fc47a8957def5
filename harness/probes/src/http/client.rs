//! One connection at a time, kept alive where the server allows it.

use std::collections::BTreeMap;

use assay_wire::{Error, Link, Permit, Result};

use super::access::Access;
use super::digest::Challenge;
use super::message::{Answer, Request};
use super::read::{Read, Reader, WHOLE};

/// A client of one interface. It follows no redirect and keeps no cookie by itself.
#[derive(Debug)]
pub struct Client {
    permit: Permit,
    link: Option<Link>,
    pub(super) without: BTreeMap<String, (Access, Vec<Challenge>)>,
    /// The status with which a credential was refused first.
    pub(super) refusal: Option<u16>,
}

impl Client {
    /// A client that speaks under this permit.
    pub fn new(permit: Permit) -> Self {
        Self { permit, link: None, without: BTreeMap::new(), refusal: None }
    }

    /// The permit it speaks under.
    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// The standing connection, if the last answer left it open: its TLS session can be read here.
    pub fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    /// Gives the connection up. The next request opens another.
    pub fn close(&mut self) {
        self.link = None;
    }

    /// Sends a request and reads the answer. A standing connection is used again for requests that may safely be
    /// sent twice; when it turns out to be dead, the request is sent once more on a new one.
    ///
    /// # Errors
    /// Those of a connection; [`Error::TimedOut`] when the whole answer takes longer than the budget allows;
    /// [`Error::Malformed`] when it is not HTTP; [`Error::TooLong`] past 1 MiB of body;
    /// [`Error::NotPermitted`] when method or header names are not words of HTTP.
    pub async fn send(&mut self, request: &Request) -> Result<Answer> {
        let bytes = request.encode(&self.permit.authority_text())?;
        if let Some(link) = self.link.take().filter(|_| request.is_idempotent()) {
            match self.exchange(link, request, &bytes).await {
                Err(Error::Closed(_) | Error::Reset(_)) => {}
                other => return other,
            }
        }
        let link = self.permit.stream().await?;
        self.exchange(link, request, &bytes).await
    }

    /// Sends a request that logs in, on the standing connection even if its method may not be sent twice: when that turns
    /// out to be dead, the request is sent once more on a new one, and one more failed log-in is spent.
    ///
    /// # Errors
    /// As [`Client::send`], and [`Error::Budget`].
    pub(super) async fn send_log_in(&mut self, request: &Request) -> Result<Answer> {
        let bytes = request.encode(&self.permit.authority_text())?;
        if let Some(link) = self.link.take() {
            match self.exchange(link, request, &bytes).await {
                Err(Error::Closed(_) | Error::Reset(_)) => self.permit.spend_login()?,
                other => return other,
            }
        }
        let link = self.permit.stream().await?;
        self.exchange(link, request, &bytes).await
    }

    async fn exchange(&mut self, mut link: Link, request: &Request, bytes: &[u8]) -> Result<Answer> {
        let sent = link.send(bytes).await;
        // a server may answer and close before it has read a whole body: what it said counts
        if !matches!(sent, Ok(()) | Err(Error::Reset(_))) {
            sent?;
        }
        let mut reader = Reader::new(&request.method);
        let all = link.receive_until(WHOLE, |all| reader.enough(all)).await?;
        let peer = || link.peer().to_owned();
        match reader.finish(&all) {
            Read::Malformed(what) => Err(Error::Malformed { peer: peer(), what: what.to_owned() }),
            Read::TooLong(limit) => Err(Error::TooLong { peer: peer(), limit }),
            Read::Answer(answer, open) => {
                self.link = open.then_some(link);
                Ok(*answer)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake;
    use super::*;

    #[tokio::test]
    async fn a_connection_is_used_again_and_replaced_when_it_is_stale() {
        let server = fake::serve(|request| {
            let close = if request.path == "/last" { "" } else { "Content-Length: 2\r\n" };
            format!("HTTP/1.1 200 OK\r\n{close}\r\nhi")
        })
        .await;
        let mut client = Client::new(server.permit());
        for path in ["/a", "/b", "/c d"] {
            assert_eq!(client.send(&Request::get(path)).await.unwrap().body, b"hi");
        }
        assert_eq!(server.connections(), 1);
        server.hang_up();
        assert_eq!(client.send(&Request::get("/d")).await.unwrap().status, 200);
        assert_eq!(server.connections(), 2);
        assert_eq!(client.send(&Request::new("POST", "/last")).await.unwrap().body, b"hi");
        assert!(client.link().is_none());
        assert_eq!(server.connections(), 3);
    }

    #[tokio::test]
    async fn silence_babble_and_endless_answers_are_errors() {
        let server = fake::serve(|request| match request.path.as_str() {
            "/mute" => String::new(),
            "/endless" => format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1 << 21)),
            _ => "SSH-2.0-dropbear\r\n".to_owned(),
        })
        .await;
        let mut client = Client::new(server.permit());
        assert!(matches!(client.send(&Request::get("/mute")).await, Err(Error::TimedOut { .. })));
        assert!(matches!(client.send(&Request::get("/endless")).await, Err(Error::TooLong { .. })));
        assert!(matches!(client.send(&Request::get("/other")).await, Err(Error::Malformed { .. })));
    }
}
