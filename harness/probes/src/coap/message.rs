//! Requests to bytes, and bytes to answers.

use assay_model::profile::Operation;
use coap_lite::{CoapOption, MessageClass, MessageType, Packet};
use serde::{Deserialize, Serialize};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Request {
    /// The method: `GET`, `POST`, `PUT`, `DELETE`, `FETCH`, `PATCH`, `iPATCH`.
    pub method: String,
    /// The path with its query, percent-encoded as in a URI.
    pub path: String,
    /// The payload.
    pub payload: Vec<u8>,
    /// The number of its content format (RFC 7252 section 12.3).
    pub content_format: Option<u16>,
}

impl Request {
    /// A request without payload.
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), ..Self::default() }
    }

    /// The same with a payload.
    #[must_use]
    pub fn with_payload(self, content_format: Option<u16>, payload: impl Into<Vec<u8>>) -> Self {
        Self { payload: payload.into(), content_format, ..self }
    }

    /// An operation of the profile. `{value}` in its body becomes `value`.
    pub fn of(operation: &Operation, value: Option<&str>) -> Self {
        let request = Self::new(&operation.method, &operation.path);
        match &operation.body {
            None => request,
            Some(body) => {
                let format = operation.content_type.as_deref().and_then(content_format);
                request.with_payload(format, body.replace("{value}", value.unwrap_or_default()))
            }
        }
    }

    fn code(&self) -> Option<u8> {
        let method = self.method.to_ascii_uppercase();
        let all = ["GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "IPATCH"];
        (1_u8..).zip(all).find(|(_, name)| *name == method).map(|(code, _)| code)
    }

    /// The packet to send; nothing when CoAP has no such method. `block` asks for that block of the answer.
    pub(super) fn encode(&self, id: u16, token: &[u8], block: Option<Block>) -> Option<Vec<u8>> {
        let mut packet = Packet::new();
        packet.header.set_type(MessageType::Confirmable);
        packet.header.code = MessageClass::from(self.code()?);
        packet.header.message_id = id;
        packet.set_token(token.to_vec());
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        for segment in path.trim_start_matches('/').split('/').filter(|_| path.len() > 1) {
            packet.add_option(CoapOption::UriPath, decode(segment));
        }
        for part in query.split('&').filter(|part| !part.is_empty()) {
            packet.add_option(CoapOption::UriQuery, decode(part));
        }
        match block {
            Some(block) => packet.add_option(CoapOption::Block2, block.encode()),
            None => packet.payload.clone_from(&self.payload),
        }
        if let Some(format) = self.content_format.filter(|_| block.is_none()) {
            let bytes = format.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            packet.add_option(CoapOption::ContentFormat, bytes);
        }
        packet.to_bytes_unlimited().ok()
    }
}

/// The number of a content format by its media type.
fn content_format(media_type: &str) -> Option<u16> {
    match media_type.split(';').next()?.trim().to_ascii_lowercase().as_str() {
        "text/plain" => Some(0),
        "application/link-format" => Some(40),
        "application/xml" => Some(41),
        "application/octet-stream" => Some(42),
        "application/json" => Some(50),
        "application/cbor" => Some(60),
        "application/senml+json" => Some(110),
        "application/senml+cbor" => Some(112),
        _ => None,
    }
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped =
            bytes.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok()).and_then(|two| u8::from_str_radix(two, 16).ok());
        let value = escaped.filter(|_| *byte == b'%');
        plain.push(value.unwrap_or(*byte));
        at += if value.is_some() { 3 } else { 1 };
    }
    plain
}

/// A place in an answer that comes in blocks (RFC 7959).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    pub(super) number: u32,
    pub(super) more: bool,
    pub(super) size: u8,
}

impl Block {
    fn encode(self) -> Vec<u8> {
        let word = self.number << 4 | u32::from(self.more) << 3 | u32::from(self.size & 7);
        word.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let word = bytes.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        (bytes.len() <= 3).then_some(Self { number: word >> 4, more: word & 8 != 0, size: u8::try_from(word & 7).ok()? })
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The code: `2.05`.
    pub code: String,
    /// Its class: 2 for success, 4 for an error of the client, 5 for one of the server.
    pub class: u8,
    /// The number of the content format.
    pub content_format: Option<u16>,
    /// The payload, blocks put together.
    pub payload: Vec<u8>,
    /// The options by number, in order. Those of the first block, where there are several.
    pub options: Vec<(u16, Vec<u8>)>,
    /// Whether it came after an acknowledgement of its own.
    pub separate: bool,
    /// How often the request was sent before anything came back.
    pub transmissions: u32,
}

impl Answer {
    /// Whether the request was carried out.
    pub fn is_success(&self) -> bool {
        self.class == 2
    }

    /// Whether a credential or a right is missing: 4.01 or 4.03.
    pub fn is_denied(&self) -> bool {
        matches!(self.code.as_str(), "4.01" | "4.03")
    }

    /// The payload as text; what is not UTF-8 becomes replacement characters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.payload).into_owned()
    }

    pub(crate) fn block(&self) -> Option<Block> {
        let (_, bytes) = self.options.iter().find(|(number, _)| *number == u16::from(CoapOption::Block2))?;
        Block::decode(bytes)
    }
}

/// What came back, as far as it concerns one exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The request arrived; the answer comes later.
    Acknowledged,
    /// It is rejected.
    Rejected,
    /// The answer; with the identifier to acknowledge, if it asks for that.
    Answer(Answer, Option<u16>),
    /// Something that belongs to no exchange of ours.
    Stray,
}

/// Reads a datagram as an answer to the message `id` with `token`.
pub(crate) fn hear(bytes: &[u8], id: u16, token: &[u8]) -> Result<Heard, String> {
    let packet = Packet::from_bytes(bytes).map_err(|error| error.to_string())?;
    if packet.header.get_version() != 1 {
        return Err("it is not of CoAP version 1".to_owned());
    }
    let (kind, of_ours) = (packet.header.get_type(), packet.header.message_id == id);
    Ok(match (kind, packet.header.code) {
        (MessageType::Reset, _) if of_ours => Heard::Rejected,
        (MessageType::Acknowledgement, MessageClass::Empty) if of_ours => Heard::Acknowledged,
        (_, MessageClass::Empty | MessageClass::Request(_)) | (MessageType::Reset, _) => Heard::Stray,
        (MessageType::Acknowledgement, _) if !of_ours => Heard::Stray,
        _ if packet.get_token() != token => Heard::Stray,
        (kind, _) => {
            let confirm = (kind == MessageType::Confirmable).then_some(packet.header.message_id);
            Heard::Answer(answer(packet, kind != MessageType::Acknowledgement), confirm)
        }
    })
}

fn answer(packet: Packet, separate: bool) -> Answer {
    let code = u8::from(packet.header.code);
    let options: Vec<(u16, Vec<u8>)> =
        packet.options().flat_map(|(number, values)| values.iter().map(move |value| (*number, value.clone()))).collect();
    let format = options.iter().find(|(number, _)| *number == u16::from(CoapOption::ContentFormat));
    Answer {
        code: format!("{}.{:02}", code >> 5, code & 0x1F),
        class: code >> 5,
        content_format: format
            .filter(|(_, bytes)| bytes.len() <= 2)
            .map(|(_, bytes)| bytes.iter().fold(0, |word, byte| word << 8 | u16::from(*byte))),
        payload: packet.payload,
        options,
        separate,
        transmissions: 1,
    }
}

/// An empty message: an acknowledgement, or with `confirmable` a ping.
pub(super) fn empty(id: u16, confirmable: bool) -> Vec<u8> {
    let [high, low] = id.to_be_bytes();
    vec![if confirmable { 0x40 } else { 0x60 }, 0, high, low]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_request_carries_its_path_and_query() {
        let request = Request::new("put", "/a%20b/c?x=1&y").with_payload(Some(50), "{}");
        let packet = Packet::from_bytes(&request.encode(7, b"tok", None).unwrap()).unwrap();
        let all =
            |option| packet.get_option(option).unwrap().iter().map(|value| String::from_utf8(value.clone()).unwrap()).collect::<Vec<_>>();
        assert_eq!((all(CoapOption::UriPath), all(CoapOption::UriQuery)), (vec!["a b".into(), "c".into()], vec!["x=1".into(), "y".into()]));
        assert_eq!((u8::from(packet.header.code), packet.payload.as_slice()), (3, &b"{}"[..]));
        assert_eq!(Request::new("BREW", "/").encode(7, b"", None), None);
        assert_eq!(Packet::from_bytes(&Request::new("GET", "/").encode(7, b"", None).unwrap()).unwrap().options().count(), 0);
    }

    #[test]
    fn only_answers_to_the_message_count() {
        assert_eq!(hear(&[0x60, 0, 0, 7], 7, b"t"), Ok(Heard::Acknowledged));
        assert_eq!(hear(&[0x70, 0, 0, 7], 7, b"t"), Ok(Heard::Rejected));
        assert_eq!(hear(&[0x61, 0x45, 0, 8, b't'], 7, b"t"), Ok(Heard::Stray));
        assert_eq!(hear(&[0x41, 0x45, 0, 9, b'x'], 7, b"t"), Ok(Heard::Stray));
        assert!(
            matches!(hear(&[0x41, 0x84, 0, 9, b't'], 7, b"t"), Ok(Heard::Answer(answer, Some(9))) if answer.code == "4.04" && answer.separate)
        );
        assert!(hear(b"HTTP", 7, b"t").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(mut bytes: Vec<u8>, token in 0_u8..16) {
            if let Some(first) = bytes.first_mut() {
                *first = 0x40 | token;
            }
            if let Ok(Heard::Answer(answer, _)) = hear(&bytes, 0, &[]) {
                let _ = answer.block();
            }
        }
    }
}
