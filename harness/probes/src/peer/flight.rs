//! The first flight of a server that a good library refuses to be: an old version, a weak suite.

use assay_wire::{Error, Link, Result};
use aws_lc_rs::rand;

use super::{Conduct, Offer};
use crate::handshake::{Cursor, alert_name, counted, extension};

const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_HELLO_DONE: u8 = 14;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

/// What such a server chooses. Keys are exchanged by RSA, so that it has nothing to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flight {
    /// The version.
    pub version: u16,
    /// Suites with RSA key exchange: the first that the client offers is chosen, or the first at all.
    pub suites: Vec<u16>,
    /// The chain with an RSA key, leaf first, in DER.
    pub chain: Vec<Vec<u8>>,
}

impl Flight {
    fn bytes(&self, offer: &Offer) -> Result<Vec<u8>> {
        let mut random = [0; 32];
        rand::fill(&mut random).map_err(|_| Error::Local("the system gives no random bytes".to_owned()))?;
        let offered = self.suites.iter().find(|id| offer.suites.iter().any(|suite| suite.id == u32::from(**id)));
        let suite = offered.or(self.suites.first()).copied().unwrap_or_default();
        let mut hello = [&self.version.to_be_bytes()[..], &random, &[0], &suite.to_be_bytes(), &[0]].concat();
        if offer.secure_renegotiation {
            let tied = [&extension::RENEGOTIATION_INFO.to_be_bytes()[..], &[0, 1, 0]].concat();
            hello.extend(counted(2, &tied));
        }
        let chain: Vec<u8> = self.chain.iter().flat_map(|certificate| counted(3, certificate)).collect();
        let messages = [(SERVER_HELLO, hello), (CERTIFICATE, counted(3, &chain)), (SERVER_HELLO_DONE, Vec::new())];
        let records = messages.iter().flat_map(|(kind, body)| {
            let message = [vec![*kind], counted(3, body)].concat();
            [vec![HANDSHAKE], self.version.to_be_bytes().to_vec(), counted(2, &message)].concat()
        });
        Ok(records.collect())
    }
}

/// Answers a hello with the flight, and tells what the client makes of it.
pub(super) async fn send(link: &mut Link, flight: &Flight, offer: &Offer) -> Result<Conduct> {
    // the hello was only looked at so far
    let _hello = link.receive().await;
    if let Err(error) = link.send(&flight.bytes(offer)?).await {
        return left(error);
    }
    match link.receive_exactly(5).await {
        Ok(header) => conduct(link, &header).await,
        Err(Error::TimedOut { .. }) => Ok(Conduct::Undecided),
        Err(error) => left(error),
    }
}

async fn conduct(link: &mut Link, header: &[u8]) -> Result<Conduct> {
    let mut cursor = Cursor::new(header);
    match cursor.u8() {
        Some(HANDSHAKE) => Ok(Conduct::WentOn),
        Some(ALERT) => {
            let alert = link.receive_exactly(2).await.unwrap_or_default();
            Ok(Conduct::Left { how: format!("alert {}", alert_name(alert.last().copied().unwrap_or_default())) })
        }
        other => Ok(Conduct::Left { how: format!("it answered with a record of type {}", other.unwrap_or_default()) }),
    }
}

/// A client that went away, unless the fault is this machine's.
pub(super) fn left(error: Error) -> Result<Conduct> {
    if error.is_ours() { Err(error) } else { Ok(Conduct::Left { how: error.to_string() }) }
}
