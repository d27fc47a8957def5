//! Packets to bytes and back. Bytes of a broker are read so that codes unknown to any standard stay visible.

use bytes::BytesMut;
use rumqttc::mqttbytes::{self as old, v4};
use rumqttc::v5::mqttbytes::{self as new, v5};
use serde::{Deserialize, Serialize};

/// Bytes of one packet that are read.
pub(super) const LONGEST: usize = 256 * 1024;

/// A version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// MQTT 3.1.1.
    #[serde(rename = "3.1.1")]
    V311,
    /// MQTT 5.
    #[serde(rename = "5")]
    V5,
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::V311 => "MQTT 3.1.1",
            Self::V5 => "MQTT 5",
        })
    }
}

/// A return or reason code, with the name that the standard gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The code.
    pub code: u8,
    /// Its name.
    pub name: String,
}

impl Code {
    /// A code of CONNACK. Brokers that speak 3.1.1 only answer an MQTT 5 client with 3.1.1 codes.
    pub(super) fn connack(code: u8) -> Self {
        let name = match code {
            1 => "unacceptable protocol version",
            2 => "identifier rejected",
            3 => "server unavailable",
            4 => "bad user name or password",
            5 => "not authorized",
            other => reason(other),
        };
        Self { code, name: name.to_owned() }
    }

    /// A reason code of any other packet (MQTT 5 section 2.4).
    pub(super) fn of(code: u8) -> Self {
        Self { code, name: reason(code).to_owned() }
    }

    /// Whether it refuses this version of the protocol.
    pub fn is_about_version(&self) -> bool {
        matches!(self.code, 0x01 | 0x84)
    }

    /// Whether it refuses for want of a right or a credential: bad user name or password, not authorized, banned.
    pub fn is_about_rights(&self) -> bool {
        matches!(self.code, 0x04 | 0x05 | 0x86 | 0x87 | 0x8A | 0x8C)
    }

    /// Whether the broker was too busy, or counts too closely, to decide.
    pub fn is_about_load(&self) -> bool {
        matches!(self.code, 0x03 | 0x88 | 0x89 | 0x96 | 0x97 | 0x9F)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "0x{:02X} ({})", self.code, self.name)
    }
}

fn reason(code: u8) -> &'static str {
    match code {
        0x00 => "success",
        0x01 => "granted QoS 1",
        0x02 => "granted QoS 2",
        0x10 => "no matching subscribers",
        0x80 => "unspecified error",
        0x81 => "malformed packet",
        0x82 => "protocol error",
        0x83 => "implementation specific error",
        0x84 => "unsupported protocol version",
        0x85 => "client identifier not valid",
        0x86 => "bad user name or password",
        0x87 => "not authorized",
        0x88 => "server unavailable",
        0x89 => "server busy",
        0x8A => "banned",
        0x8B => "server shutting down",
        0x8C => "bad authentication method",
        0x8D => "keep alive timeout",
        0x8E => "session taken over",
        0x8F => "topic filter invalid",
        0x90 => "topic name invalid",
        0x91 => "packet identifier in use",
        0x95 => "packet too large",
        0x96 => "message rate too high",
        0x97 => "quota exceeded",
        0x98 => "administrative action",
        0x99 => "payload format invalid",
        0x9A => "retain not supported",
        0x9B => "QoS not supported",
        0x9C => "use another server",
        0x9D => "server moved",
        0x9E => "shared subscriptions not supported",
        0x9F => "connection rate exceeded",
        0xA2 => "wildcard subscriptions not supported",
        _ => "no standard name",
    }
}

/// A message that the broker delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its topic.
    pub topic: String,
    /// What it carries.
    pub payload: Vec<u8>,
    /// The quality of service it came with: 0, 1 or 2.
    pub qos: u8,
    /// Whether the broker had kept it.
    pub retained: bool,
}

/// What a broker sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Packet {
    ConnAck(Code),
    Publish(Message, u16),
    PubAck(u16, Code),
    SubAck(u16, Code),
    Disconnect(Code),
    Other(u8),
}

/// Takes the next whole packet out of what has come so far; nothing when more must come first.
pub(crate) fn take(waiting: &mut BytesMut, version: Version) -> Result<Option<Packet>, String> {
    let mut length = 0_usize;
    let mut head = 1;
    loop {
        let Some(byte) = waiting.get(head) else { return Ok(None) };
        length |= usize::from(byte & 0x7F) << (7 * (head - 1));
        head += 1;
        if byte & 0x80 == 0 {
            break;
        }
        if head > 4 {
            return Err("the length of a packet takes more than four bytes".to_owned());
        }
    }
    if length > LONGEST {
        return Err(format!("a packet is longer than {LONGEST} bytes"));
    }
    if waiting.len() < head + length {
        return Ok(None);
    }
    let mut packet = waiting.split_to(head + length);
    let kind = packet.first().map_or(0, |first| first >> 4);
    if kind == 3 {
        return publish(&mut packet, version).map(Some);
    }
    let body = packet.get(head..).unwrap_or_default();
    read(kind, body, version).map(Some).ok_or_else(|| format!("a packet of type {kind} is too short"))
}

fn read(kind: u8, body: &[u8], version: Version) -> Option<Packet> {
    let id = || body.get(..2).and_then(|two| two.try_into().ok()).map(u16::from_be_bytes);
    Some(match kind {
        2 => Packet::ConnAck(Code::connack(*body.get(1)?)),
        4 => Packet::PubAck(id()?, Code::of(body.get(2).copied().unwrap_or(0))),
        9 => {
            let at = if version == Version::V5 { 2 + properties(body.get(2..)?)? } else { 2 };
            Packet::SubAck(id()?, Code::of(*body.get(at)?))
        }
        14 => Packet::Disconnect(Code::of(body.first().copied().unwrap_or(0))),
        other => Packet::Other(other),
    })
}

/// The bytes that the properties at the beginning take, with their length.
fn properties(bytes: &[u8]) -> Option<usize> {
    let mut length = 0_usize;
    for at in 0..4 {
        let byte = bytes.get(at)?;
        length |= usize::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            return Some(at + 1 + length);
        }
    }
    None
}

fn publish(packet: &mut BytesMut, version: Version) -> Result<Packet, String> {
    Ok(match version {
        Version::V311 => match v4::Packet::read(packet, LONGEST).map_err(|error| error.to_string())? {
            v4::Packet::Publish(it) => {
                let message = Message { topic: it.topic, payload: it.payload.to_vec(), qos: it.qos as u8, retained: it.retain };
                Packet::Publish(message, it.pkid)
            }
            _ => Packet::Other(3),
        },
        Version::V5 => match v5::Packet::read(packet, None).map_err(|error| error.to_string())? {
            v5::Packet::Publish(it) => {
                let topic = String::from_utf8_lossy(&it.topic).into_owned();
                let message = Message { topic, payload: it.payload.to_vec(), qos: it.qos as u8, retained: it.retain };
                Packet::Publish(message, it.pkid)
            }
            _ => Packet::Other(3),
        },
    })
}

/// What the harness sends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Send<'a> {
    Connect { client_id: &'a str, login: Option<(&'a str, &'a str)> },
    Subscribe { id: u16, filter: &'a str },
    Publish { id: u16, topic: &'a str, payload: &'a [u8] },
    PubAck { id: u16 },
    Disconnect,
}

/// Seconds after which the broker may take the harness for dead. Longer than any single wait.
const KEEP_ALIVE: u16 = 600;

impl Send<'_> {
    /// The bytes of the packet. A publication with identifier 0 is sent at most once, any other at least once.
    pub(super) fn encode(self, version: Version) -> Result<Vec<u8>, String> {
        let mut bytes = BytesMut::new();
        match version {
            Version::V311 => self.v311().write(&mut bytes, LONGEST).map_err(|error| error.to_string())?,
            Version::V5 => self.v5().write(&mut bytes, None).map_err(|error| error.to_string())?,
        };
        Ok(bytes.to_vec())
    }

    fn v311(self) -> v4::Packet {
        match self {
            Self::Connect { client_id, login } => v4::Packet::Connect(v4::Connect {
                keep_alive: KEEP_ALIVE,
                login: login.map(|(user, password)| v4::Login::new(user, password)),
                ..v4::Connect::new(client_id)
            }),
            Self::Subscribe { id, filter } => {
                v4::Packet::Subscribe(v4::Subscribe { pkid: id, ..v4::Subscribe::new(filter, old::QoS::AtLeastOnce) })
            }
            Self::Publish { id, topic, payload } => {
                let qos = if id == 0 { old::QoS::AtMostOnce } else { old::QoS::AtLeastOnce };
                v4::Packet::Publish(v4::Publish { pkid: id, ..v4::Publish::new(topic, qos, payload) })
            }
            Self::PubAck { id } => v4::Packet::PubAck(v4::PubAck::new(id)),
            Self::Disconnect => v4::Packet::Disconnect,
        }
    }

    fn v5(self) -> v5::Packet {
        match self {
            Self::Connect { client_id, login } => {
                let longest = u32::try_from(LONGEST).ok();
                let properties = v5::ConnectProperties { max_packet_size: longest, ..v5::ConnectProperties::new() };
                let connect = v5::Connect {
                    keep_alive: KEEP_ALIVE,
                    client_id: client_id.to_owned(),
                    clean_start: true,
                    properties: Some(properties),
                };
                v5::Packet::Connect(connect, None, login.map(|(user, password)| v5::Login::new(user, password)))
            }
            Self::Subscribe { id, filter } => {
                let filter = v5::Filter::new(filter, new::QoS::AtLeastOnce);
                v5::Packet::Subscribe(v5::Subscribe { pkid: id, ..v5::Subscribe::new(filter, None) })
            }
            Self::Publish { id, topic, payload } => {
                let qos = if id == 0 { new::QoS::AtMostOnce } else { new::QoS::AtLeastOnce };
                v5::Packet::Publish(v5::Publish { pkid: id, ..v5::Publish::new(topic, qos, payload.to_vec(), None) })
            }
            Self::PubAck { id } => v5::Packet::PubAck(v5::PubAck::new(id, None)),
            Self::Disconnect => v5::Packet::Disconnect(v5::Disconnect::new(v5::DisconnectReasonCode::NormalDisconnection)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_stay_visible() {
        let mut bytes = BytesMut::from(&[0x20, 2, 0, 0x63, 0x90, 4, 0, 7, 0, 0x87, 0xE0, 0][..]);
        assert_eq!(take(&mut bytes, Version::V5), Ok(Some(Packet::ConnAck(Code::connack(0x63)))));
        assert_eq!(take(&mut bytes, Version::V5), Ok(Some(Packet::SubAck(7, Code::of(0x87)))));
        assert_eq!(take(&mut bytes, Version::V5), Ok(Some(Packet::Disconnect(Code::of(0)))));
        assert_eq!(take(&mut bytes, Version::V5), Ok(None));
        assert!(Code::connack(5).is_about_rights() && Code::connack(1).is_about_version() && Code::of(0x97).is_about_load());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(kind in 0_u8..16, flags in 0_u8..16, body in prop::collection::vec(any::<u8>(), 0..120), five: bool) {
            let version = if five { Version::V5 } else { Version::V311 };
            let mut bytes = BytesMut::from(&[kind << 4 | flags, u8::try_from(body.len()).unwrap()][..]);
            bytes.extend_from_slice(&body);
            let _ = take(&mut bytes, version);
            let _ = take(&mut BytesMut::from(&body[..]), version);
        }
    }
}
