//! SSDP: what an `UPnP` product tells of itself when it is asked directly.

use assay_wire::{Error, Permit, Result};
use serde::{Deserialize, Serialize};

use crate::text::clean;

/// Datagrams that are read.
const REPLIES: usize = 64;
/// Header fields read of one reply, and characters of one value.
const FIELDS: usize = 64;
const VALUE: usize = 512;

/// One reply to a search.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reply {
    /// Where the description of the product lies. Not followed.
    pub location: Option<String>,
    /// The software.
    pub server: Option<String>,
    /// The kind of thing that was found.
    pub search_target: Option<String>,
    /// Its unique name.
    pub unique_name: Option<String>,
}

/// All that came of a search.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Found {
    /// The replies, each once.
    pub replies: Vec<Reply>,
    /// Datagrams that are no positive reply.
    pub odd: usize,
    /// Whether more may have come than was read.
    pub cut: bool,
    /// Every datagram as it came: it may hold more than a [`Reply`] tells.
    #[serde(skip)]
    pub messages: Vec<Vec<u8>>,
}

/// Sends a search to this address alone, and collects what comes until no more does.
///
/// # Errors
/// [`Error::TimedOut`] when nothing comes; [`Error::Refused`].
pub async fn search(permit: &Permit) -> Result<Found> {
    let mut datagrams = permit.udp().await?;
    let request = format!(
        "M-SEARCH * HTTP/1.1\r\nHOST: {}\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\nUSER-AGENT: assay\r\n\r\n",
        permit.peer()
    );
    datagrams.send(request.as_bytes()).await?;
    let mut found = Found::default();
    while !found.cut {
        match datagrams.receive().await {
            Ok(bytes) => found.take(bytes),
            Err(error) if found.messages.is_empty() || error.is_ours() => return Err(error),
            Err(Error::TimedOut { .. }) => break,
            Err(_) => found.cut = true,
        }
    }
    Ok(found)
}

impl Found {
    fn take(&mut self, bytes: Vec<u8>) {
        match parse_reply(&bytes) {
            Some(reply) if self.replies.contains(&reply) => {}
            Some(reply) => self.replies.push(reply),
            None => self.odd += 1,
        }
        self.messages.push(bytes);
        self.cut = self.messages.len() >= REPLIES;
    }
}

/// Reads one reply; `None` when it is not a positive one.
pub fn parse_reply(bytes: &[u8]) -> Option<Reply> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    if !lines.next()?.to_ascii_uppercase().starts_with(b"HTTP/1.1 200") {
        return None;
    }
    let mut reply = Reply::default();
    for line in lines.take(FIELDS) {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else { continue };
        let value = Some(clean(value.trim_ascii(), VALUE));
        match name.trim_ascii().to_ascii_lowercase().as_slice() {
            b"location" => reply.location = value,
            b"server" => reply.server = value,
            b"st" => reply.search_target = value,
            b"usn" => reply.unique_name = value,
            _ => {}
        }
    }
    Some(reply)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{permit, serve_udp};
    use proptest::prelude::*;

    const REPLY: &[u8] = b"HTTP/1.1 200 OK\r\nLocation: http://192.0.2.1:80/d.xml\r\nSERVER: x/1 UPnP/1.1\r\nST: upnp:rootdevice\r\n\
        USN: uuid:1::upnp:rootdevice\r\n\r\n";

    #[tokio::test]
    async fn replies_are_collected() {
        let port = serve_udp(|_| vec![REPLY.to_vec(), b"junk".to_vec(), REPLY.to_vec()]).await;
        let found = search(&permit(port)).await.unwrap();
        let replies = &found.replies;
        assert_eq!((replies.len(), found.odd, found.messages.len(), found.cut), (1, 1, 3, false));
        assert_eq!(replies[0].location.as_deref(), Some("http://192.0.2.1:80/d.xml"));
        assert_eq!(replies[0].unique_name.as_deref(), Some("uuid:1::upnp:rootdevice"));
    }

    #[tokio::test]
    async fn silence_nonsense_and_floods() {
        let mute = serve_udp(|_| vec![]).await;
        assert!(matches!(search(&permit(mute)).await, Err(Error::TimedOut { .. })));
        let babble = serve_udp(|_| vec![b"junk".to_vec()]).await;
        let found = search(&permit(babble)).await.unwrap();
        assert_eq!((found.replies, found.odd, found.cut), (vec![], 1, false));
        let flood = serve_udp(|_| vec![REPLY.to_vec(); 70]).await;
        let found = search(&permit(flood)).await.unwrap();
        assert_eq!((found.replies.len(), found.messages.len(), found.cut), (1, 64, true));
    }

    proptest! {
        #[test]
        fn never_panics(text in "(HTTP/1.1 200)?.{0,100}(\n[a-zA-Z:]{0,10}.{0,20}){0,9}") {
            let _ = parse_reply(text.as_bytes());
        }
    }
}
