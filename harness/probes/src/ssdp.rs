//! SSDP: what an `UPnP` product tells of itself when it is asked directly.

use assay_wire::{Error, Permit, Result};
use serde::{Deserialize, Serialize};

use crate::text::clean;

/// Replies that are read.
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

/// Sends a search to this address alone, and collects the replies until no more come.
///
/// # Errors
/// [`Error::TimedOut`] when there is none; [`Error::Refused`]; [`Error::Malformed`] when none is one of SSDP.
pub async fn search(permit: &Permit) -> Result<Vec<Reply>> {
    let mut datagrams = permit.udp().await?;
    let request = format!(
        "M-SEARCH * HTTP/1.1\r\nHOST: {}\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\nUSER-AGENT: assay\r\n\r\n",
        permit.peer()
    );
    datagrams.send(request.as_bytes()).await?;
    let (mut replies, mut heard) = (Vec::new(), 0);
    while heard < REPLIES {
        match datagrams.receive().await {
            Ok(bytes) => {
                heard += 1;
                replies.extend(parse_reply(&bytes).filter(|reply| !replies.contains(reply)));
            }
            Err(Error::TimedOut { .. }) if heard > 0 => break,
            Err(error) => return Err(error),
        }
    }
    if replies.is_empty() {
        return Err(Error::Malformed { peer: permit.peer(), what: "no datagram is a reply of SSDP".to_owned() });
    }
    Ok(replies)
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
        let replies = search(&permit(port)).await.unwrap();
        assert_eq!(replies.len(), 1);
        assert_eq!(replies[0].location.as_deref(), Some("http://192.0.2.1:80/d.xml"));
        assert_eq!(replies[0].unique_name.as_deref(), Some("uuid:1::upnp:rootdevice"));
    }

    #[tokio::test]
    async fn silence_and_nonsense() {
        let mute = serve_udp(|_| vec![]).await;
        assert!(matches!(search(&permit(mute)).await, Err(Error::TimedOut { .. })));
        let babble = serve_udp(|_| vec![b"junk".to_vec()]).await;
        assert!(matches!(search(&permit(babble)).await, Err(Error::Malformed { .. })));
    }

    proptest! {
        #[test]
        fn never_panics(text in "(HTTP/1.1 200)?.{0,100}(\n[a-zA-Z:]{0,10}.{0,20}){0,9}") {
            let _ = parse_reply(text.as_bytes());
        }
    }
}
