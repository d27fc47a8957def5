//! Exchanges with a product: sent again until something comes back, put together from blocks.

use std::time::Duration;

use assay_wire::{Datagrams, DtlsIdentity, Error, Permit, Result};
use aws_lc_rs::rand;

use super::links::{self, Discovery};
use super::message::{Answer, Block, Heard, Request, empty, hear};

/// How often a request is sent. RFC 7252 sends five times within 62 seconds; here each wait doubles too, and all of
/// them together last as long as the budget gives an answer.
const TRANSMISSIONS: u32 = 4;
/// Bytes of an answer that are put together.
const LONGEST: usize = 1024 * 1024;
/// Blocks that are asked for in one answer.
const BLOCKS: u32 = 4096;
/// Datagrams that are passed over in one wait because they belong to something else.
const STRAY: usize = 32;

/// A client of one interface, on one socket.
#[derive(Debug)]
pub struct Client {
    link: Datagrams,
    answer: Duration,
    last_id: u16,
}

impl Client {
    /// Opens a socket; with an identity, a DTLS session on it. A log-in is taken out of the budget for an identity,
    /// and given back when the session stands.
    ///
    /// # Errors
    /// As [`Permit::udp`] and [`Permit::dtls`]; [`Error::Budget`] when no failed log-in is left.
    pub async fn open(permit: &Permit, identity: Option<&DtlsIdentity>) -> Result<Self> {
        let link = match identity {
            None => permit.udp().await?,
            Some(identity) => {
                permit.spend_login()?;
                let link = permit.dtls(identity).await?;
                permit.return_login();
                link
            }
        };
        let [high, low, ..] = random()?;
        Ok(Self { link, answer: permit.deadlines().answer, last_id: u16::from_be_bytes([high, low]) })
    }

    /// The socket, for its DTLS session.
    pub fn link(&self) -> &Datagrams {
        &self.link
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// # Errors
    /// [`Error::TimedOut`] when nothing comes back however often it is sent; [`Error::Refused`] when the port is
    /// closed; [`Error::Reset`] when the product rejects the message; [`Error::Malformed`] when it does not speak
    /// CoAP; [`Error::TooLong`] past 1 MiB; [`Error::NotPermitted`] when CoAP has no such method.
    pub async fn request(&mut self, request: &Request) -> Result<Answer> {
        let token = random()?;
        let mut whole = self.exchange(request, &token, None).await?;
        let mut block = whole.block().filter(|block| block.more && whole.is_success());
        while let Some(last) = block {
            let next = Block { number: last.number + 1, more: false, size: last.size };
            if whole.payload.len() > LONGEST || next.number > BLOCKS {
                return Err(Error::TooLong { peer: self.link.peer().to_owned(), limit: LONGEST });
            }
            let part = self.exchange(request, &token, Some(next)).await?;
            let place = part.block().filter(|place| place.number == next.number && part.is_success());
            let Some(place) = place else {
                return Err(self.malformed(&format!("block {} of its answer does not come ({})", next.number, part.code)));
            };
            whole.payload.extend_from_slice(&part.payload);
            block = place.more.then_some(place);
        }
        Ok(whole)
    }

    /// Asks for the list of resources.
    ///
    /// # Errors
    /// As [`Client::request`].
    pub async fn discover(&mut self) -> Result<Discovery> {
        let answer = self.request(&Request::new("GET", "/.well-known/core")).await?;
        let links = if answer.is_success() { links::parse(&answer.text()) } else { Vec::new() };
        Ok(Discovery { answer, links })
    }

    /// Whether it answers an empty message, as every CoAP endpoint must (RFC 7252 section 4.3).
    ///
    /// # Errors
    /// As [`Client::request`].
    pub async fn ping(&mut self) -> Result<()> {
        let id = self.next_id();
        match self.send(&empty(id, true), id, &[]).await {
            Err(Error::Reset(_)) => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(self.malformed("it answers a ping with something else than a reset")),
        }
    }

    async fn exchange(&mut self, request: &Request, token: &[u8], block: Option<Block>) -> Result<Answer> {
        let id = self.next_id();
        let method = || Error::NotPermitted(format!("CoAP has no method `{}`: mend the operation in the profile", request.method));
        let bytes = request.encode(id, token, block).ok_or_else(method)?;
        self.send(&bytes, id, token).await
    }

    async fn send(&mut self, bytes: &[u8], id: u16, token: &[u8]) -> Result<Answer> {
        let step = self.answer / (2_u32.pow(TRANSMISSIONS) - 1);
        for round in 0..TRANSMISSIONS {
            self.link.send(bytes).await?;
            self.link.set_patience(step * 2_u32.pow(round));
            if let Some(answer) = self.listen(id, token, round + 1).await? {
                return Ok(answer);
            }
        }
        Err(self.timed_out())
    }

    /// Waits for the answer to a message; with patience for a whole answer once it is acknowledged. Nothing when
    /// the message is to be sent again.
    async fn listen(&mut self, id: u16, token: &[u8], transmissions: u32) -> Result<Option<Answer>> {
        let mut acknowledged = false;
        for _ in 0..STRAY {
            let bytes = match self.link.receive().await {
                Err(Error::TimedOut { .. }) if acknowledged => return Err(self.timed_out()),
                Err(Error::TimedOut { .. }) => return Ok(None),
                other => other?,
            };
            match hear(&bytes, id, token).map_err(|why| self.malformed(&why))? {
                Heard::Stray => {}
                Heard::Rejected => return Err(Error::Reset(self.link.peer().to_owned())),
                Heard::Acknowledged => {
                    acknowledged = true;
                    self.link.set_patience(self.answer);
                }
                Heard::Answer(answer, confirm) => {
                    if let Some(id) = confirm {
                        self.link.send(&empty(id, false)).await?;
                    }
                    return Ok(Some(Answer { transmissions, ..answer }));
                }
            }
        }
        Err(self.malformed("it sends much that belongs to no request"))
    }

    fn timed_out(&self) -> Error {
        let after_ms = u64::try_from(self.answer.as_millis()).unwrap_or(u64::MAX);
        Error::TimedOut { peer: self.link.peer().to_owned(), what: "answer", after_ms }
    }

    fn next_id(&mut self) -> u16 {
        self.last_id = self.last_id.wrapping_add(1);
        self.last_id
    }

    fn malformed(&self, what: &str) -> Error {
        Error::Malformed { peer: self.link.peer().to_owned(), what: what.to_owned() }
    }
}

fn random() -> Result<[u8; 4]> {
    let mut bytes = [0; 4];
    rand::fill(&mut bytes).map_err(|_| Error::Local("this machine gives no random numbers".to_owned()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::testing::{permit, serve_udp};

    /// The head of an answer to a request: type, code, and what the request carries as identifier and token.
    fn head(kind: u8, code: u8, asked: &[u8]) -> Vec<u8> {
        [&[0x44 | kind << 4, code], &asked[2..8]].concat()
    }

    async fn client(answer: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + 'static) -> Client {
        Client::open(&permit(serve_udp(answer).await), None).await.unwrap()
    }

    #[tokio::test]
    async fn a_lost_request_is_sent_again() {
        let count = AtomicUsize::new(0);
        let mut client = client(move |asked| match count.fetch_add(1, Ordering::SeqCst) {
            0 => Vec::new(),
            _ => vec![head(0, 0x99, b"somebody"), [&head(2, 0x45, asked)[..], b"\xffhi"].concat()],
        })
        .await;
        let answer = client.request(&Request::new("GET", "/x")).await.unwrap();
        assert_eq!((answer.code.as_str(), answer.payload.as_slice(), answer.transmissions), ("2.05", &b"hi"[..], 2));
    }

    #[tokio::test]
    async fn separate_answers_and_blocks_are_put_together() {
        let mut client = client(|asked| {
            let second = asked.windows(2).any(|two| two == [0xC1, 0x10]);
            match asked[1] {
                0 => Vec::new(),
                _ if second => vec![[&head(2, 0x45, asked)[..], b"\xd1\x0a\x10\xffand more"].concat()],
                _ => vec![vec![0x60, 0, asked[2], asked[3]], [&head(1, 0x45, asked)[..], b"\xd1\x0a\x08\xff0123456789abcdef"].concat()],
            }
        })
        .await;
        let answer = client.request(&Request::new("GET", "/x")).await.unwrap();
        assert!(answer.separate);
        assert_eq!(answer.text(), "0123456789abcdefand more");
    }

    #[tokio::test]
    async fn silence_rejection_and_babble_are_errors() {
        let get = Request::new("GET", "/x");
        assert!(matches!(client(|_| Vec::new()).await.request(&get).await, Err(Error::TimedOut { .. })));
        assert!(matches!(client(|_| vec![b"hello there".to_vec()]).await.request(&get).await, Err(Error::Malformed { .. })));
        let reset = |asked: &[u8]| vec![vec![0x70, 0, asked[2], asked[3]]];
        assert!(matches!(client(reset).await.request(&get).await, Err(Error::Reset(_))));
        assert_eq!(client(reset).await.ping().await, Ok(()));
        let flood = |_: &[u8]| vec![vec![0x60, 0, 0, 0]; 40];
        assert!(client(flood).await.request(&get).await.is_err());
    }
}
