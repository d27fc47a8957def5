//! MQTT 3.1.1 and 5 behind one set of words.

use anyhow::{Result, bail};
use bytes::{Bytes, BytesMut};
use rumqttc::mqttbytes::{self as v4_bytes, v4};
use rumqttc::v5::mqttbytes::{self as v5_bytes, v5};

/// The longest packet, in bytes.
const LONGEST: u16 = u16::MAX;

/// The version that a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// 3.1.1.
    V4,
    /// 5.
    V5,
}

/// Why a client may not come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// It may.
    Welcome,
    /// Wrong user or password.
    Wrong,
    /// No credentials, or a locked account.
    Refused,
}

/// What a client says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// The first packet: credentials, if any, and seconds of keep-alive.
    Connect(Option<(String, String)>, u16),
    /// A message with its topic, payload, quality of service and packet number.
    Publish(String, Bytes, u8, u16),
    /// A packet number and the filters wanted, with their quality of service.
    Subscribe(u16, Vec<(String, u8)>),
    /// A packet number and the filters no longer wanted.
    Unsubscribe(u16, Vec<String>),
    /// Are you there?
    Ping,
    /// Goodbye.
    Disconnect,
    /// Something that needs no answer.
    Other,
}

/// The protocol level of a `CONNECT` packet; `None` while it has not arrived.
pub(super) fn level(bytes: &[u8]) -> Result<Option<u8>> {
    let Some((0x10, rest)) = bytes.split_first() else {
        if bytes.is_empty() {
            return Ok(None);
        }
        bail!("the first packet is not a CONNECT")
    };
    let length = rest.iter().take(4).take_while(|byte| **byte & 0x80 != 0).count() + 1;
    let name = rest.get(length..).unwrap_or_default();
    match name {
        [0, 4, b'M', b'Q', b'T', b'T', level, ..] => Ok(Some(*level)),
        [0, 4 | 6, ..] if name.len() >= 9 => Ok(Some(0)),
        [] | [0] | [0, 4 | 6, ..] => Ok(None),
        _ => bail!("the first packet is not a CONNECT"),
    }
}

impl Dialect {
    /// Takes the next whole packet off the front.
    ///
    /// # Errors
    /// If the bytes are no packet.
    pub(super) fn read(self, bytes: &mut BytesMut) -> Result<Option<Said>> {
        match self {
            Self::V4 => match v4::Packet::read(bytes, LONGEST.into()) {
                Ok(packet) => Ok(Some(from_v4(packet))),
                Err(v4_bytes::Error::InsufficientBytes(_)) => Ok(None),
                Err(error) => Err(error.into()),
            },
            Self::V5 => match v5::Packet::read(bytes, Some(LONGEST.into())) {
                Ok(packet) => Ok(Some(from_v5(packet))),
                Err(v5_bytes::Error::InsufficientBytes(_)) => Ok(None),
                Err(error) => Err(error.into()),
            },
        }
    }

    /// The answer to a `CONNECT`.
    pub(super) fn connack(self, entry: Entry) -> Result<BytesMut> {
        use v4::ConnectReturnCode as Old;
        use v5::ConnectReturnCode as New;
        let (old, new) = match entry {
            Entry::Welcome => (Old::Success, New::Success),
            Entry::Wrong => (Old::BadUserNamePassword, New::BadUserNamePassword),
            Entry::Refused => (Old::NotAuthorized, New::NotAuthorized),
        };
        match self {
            Self::V4 => write_v4(&v4::Packet::ConnAck(v4::ConnAck::new(old, false))),
            Self::V5 => {
                write_v5(&v5::Packet::ConnAck(v5::ConnAck { session_present: false, code: new, properties: Some(connack_properties()) }))
            }
        }
    }

    /// The answer to a `SUBSCRIBE`: the quality of service granted for each filter, or none.
    pub(super) fn suback(self, pkid: u16, granted: &[Option<u8>]) -> Result<BytesMut> {
        match self {
            Self::V4 => {
                let code = |granted: &Option<u8>| {
                    granted.map_or(v4::SubscribeReasonCode::Failure, |qos| v4::SubscribeReasonCode::Success(v4_qos(qos)))
                };
                write_v4(&v4::Packet::SubAck(v4::SubAck::new(pkid, granted.iter().map(code).collect())))
            }
            Self::V5 => {
                let code = |granted: &Option<u8>| {
                    granted.map_or(v5::SubscribeReasonCode::NotAuthorized, |qos| v5::SubscribeReasonCode::Success(v5_qos(qos)))
                };
                write_v5(&v5::Packet::SubAck(v5::SubAck { pkid, return_codes: granted.iter().map(code).collect(), properties: None }))
            }
        }
    }

    /// The answer to a `PUBLISH` with quality of service 1; 3.1.1 cannot say that it was refused.
    pub(super) fn puback(self, pkid: u16, allowed: bool) -> Result<BytesMut> {
        match self {
            Self::V4 => write_v4(&v4::Packet::PubAck(v4::PubAck::new(pkid))),
            Self::V5 => {
                let mut ack = v5::PubAck::new(pkid, None);
                if !allowed {
                    ack.reason = v5::PubAckReason::NotAuthorized;
                }
                write_v5(&v5::Packet::PubAck(ack))
            }
        }
    }

    /// The answer to an `UNSUBSCRIBE` of so many filters.
    pub(super) fn unsuback(self, pkid: u16, count: usize) -> Result<BytesMut> {
        match self {
            Self::V4 => write_v4(&v4::Packet::UnsubAck(v4::UnsubAck::new(pkid))),
            Self::V5 => {
                let reasons = vec![v5::UnsubAckReason::Success; count];
                write_v5(&v5::Packet::UnsubAck(v5::UnsubAck { pkid, reasons, properties: None }))
            }
        }
    }

    /// The answer to a `PINGREQ`.
    pub(super) fn pingresp(self) -> Result<BytesMut> {
        match self {
            Self::V4 => write_v4(&v4::Packet::PingResp),
            Self::V5 => write_v5(&v5::Packet::PingResp(v5::PingResp)),
        }
    }

    /// A message to a client.
    pub(super) fn publish(self, topic: &str, payload: &Bytes, qos: u8, pkid: u16) -> Result<BytesMut> {
        match self {
            Self::V4 => {
                let mut publish = v4::Publish::from_bytes(topic, v4_qos(qos), payload.clone());
                publish.pkid = pkid;
                write_v4(&v4::Packet::Publish(publish))
            }
            Self::V5 => {
                let mut publish = v5::Publish::new(topic, v5_qos(qos), payload.clone(), None);
                publish.pkid = pkid;
                write_v5(&v5::Packet::Publish(publish))
            }
        }
    }
}

fn from_v4(packet: v4::Packet) -> Said {
    match packet {
        v4::Packet::Connect(connect) => Said::Connect(connect.login.map(|login| (login.username, login.password)), connect.keep_alive),
        v4::Packet::Publish(publish) => Said::Publish(publish.topic, publish.payload, publish.qos as u8, publish.pkid),
        v4::Packet::Subscribe(ask) => {
            Said::Subscribe(ask.pkid, ask.filters.into_iter().map(|filter| (filter.path, filter.qos as u8)).collect())
        }
        v4::Packet::Unsubscribe(ask) => Said::Unsubscribe(ask.pkid, ask.topics),
        v4::Packet::PingReq => Said::Ping,
        v4::Packet::Disconnect => Said::Disconnect,
        _ => Said::Other,
    }
}

fn from_v5(packet: v5::Packet) -> Said {
    match packet {
        v5::Packet::Connect(connect, _, login) => Said::Connect(login.map(|login| (login.username, login.password)), connect.keep_alive),
        v5::Packet::Publish(publish) => {
            Said::Publish(String::from_utf8_lossy(&publish.topic).into_owned(), publish.payload, publish.qos as u8, publish.pkid)
        }
        v5::Packet::Subscribe(ask) => {
            Said::Subscribe(ask.pkid, ask.filters.into_iter().map(|filter| (filter.path, filter.qos as u8)).collect())
        }
        v5::Packet::Unsubscribe(ask) => Said::Unsubscribe(ask.pkid, ask.filters),
        v5::Packet::PingReq(_) => Said::Ping,
        v5::Packet::Disconnect(_) => Said::Disconnect,
        _ => Said::Other,
    }
}

/// What the broker cannot do, told to a client of MQTT 5: quality of service 2, retained messages, shared subscriptions.
fn connack_properties() -> v5::ConnAckProperties {
    v5::ConnAckProperties {
        session_expiry_interval: None,
        receive_max: None,
        max_qos: Some(1),
        retain_available: Some(0),
        max_packet_size: Some(LONGEST.into()),
        assigned_client_identifier: None,
        topic_alias_max: None,
        reason_string: None,
        user_properties: Vec::new(),
        wildcard_subscription_available: None,
        subscription_identifiers_available: Some(0),
        shared_subscription_available: Some(0),
        server_keep_alive: None,
        response_information: None,
        server_reference: None,
        authentication_method: None,
        authentication_data: None,
    }
}

fn v4_qos(qos: u8) -> v4_bytes::QoS {
    if qos == 0 { v4_bytes::QoS::AtMostOnce } else { v4_bytes::QoS::AtLeastOnce }
}

fn v5_qos(qos: u8) -> v5_bytes::QoS {
    if qos == 0 { v5_bytes::QoS::AtMostOnce } else { v5_bytes::QoS::AtLeastOnce }
}

fn write_v4(packet: &v4::Packet) -> Result<BytesMut> {
    let mut bytes = BytesMut::new();
    packet.write(&mut bytes, usize::MAX)?;
    Ok(bytes)
}

fn write_v5(packet: &v5::Packet) -> Result<BytesMut> {
    let mut bytes = BytesMut::new();
    packet.write(&mut bytes, None)?;
    Ok(bytes)
}
