//! Which protocol a flow speaks, told by the form of its content. A port alone never decides: it only helps where a form is weak.

pub(crate) mod binary;
pub(crate) mod dhcp;
pub(crate) mod dns;
pub(crate) mod text;
pub(crate) mod tls;
pub(crate) mod web;

use serde::Serialize;

pub use binary::{Coap, Lldp, Mqtt, Ntp, Snmp};
pub use dhcp::{Dhcp, Step};
pub use dns::Service;
pub use text::{Greeted, Ssh, Upgrade};
pub use tls::{ClientHello, ServerHello, Tls};
pub use web::{Http, Request};

use crate::link;

/// A protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// TLS, of any version.
    Tls,
    /// DTLS, of any version.
    Dtls,
    /// QUIC.
    Quic,
    /// SSH.
    Ssh,
    /// HTTP/1 in clear.
    Http,
    /// HTTP/2 in clear.
    Http2,
    /// MQTT in clear.
    Mqtt,
    /// `CoAP` in clear, perhaps with OSCORE inside.
    Coap,
    /// DNS in clear.
    Dns,
    /// Multicast DNS.
    Mdns,
    /// Link-local multicast name resolution.
    Llmnr,
    /// NTP.
    Ntp,
    /// DHCP.
    Dhcp,
    /// DHCP for IPv6.
    Dhcpv6,
    /// SSDP.
    Ssdp,
    /// Syslog in clear.
    Syslog,
    /// Telnet.
    Telnet,
    /// FTP, its control connection.
    Ftp,
    /// SNMP.
    Snmp,
    /// Modbus over TCP.
    Modbus,
    /// BACnet/IP.
    Bacnet,
    /// SMTP, perhaps with TLS later on.
    Smtp,
    /// ICMP.
    Icmp,
    /// ICMP for IPv6.
    Icmpv6,
    /// IGMP.
    Igmp,
    /// ARP.
    Arp,
    /// LLDP.
    Lldp,
    /// EAPOL.
    Eapol,
    /// A flow in which nothing was said.
    Empty,
    /// None of these, as far as can be told.
    Unclassified,
}

impl Protocol {
    /// Whether it keeps its content confidential by its design. Which suite a connection uses is another matter.
    pub const fn protects(self) -> bool {
        matches!(self, Self::Tls | Self::Dtls | Self::Quic | Self::Ssh)
    }
}

/// What was read of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detail {
    /// Nothing more than its protocol.
    #[default]
    None,
    /// TLS.
    Tls(Box<Tls>),
    /// DTLS.
    Dtls(Box<Tls>),
    /// QUIC: the version of the first packet with one; 0 is a negotiation.
    Quic(u32),
    /// SSH.
    Ssh(Ssh),
    /// HTTP.
    Http(Http),
    /// MQTT.
    Mqtt(Mqtt),
    /// `CoAP`: the first message.
    Coap(Coap),
    /// NTP.
    Ntp(Ntp),
    /// SNMP: the first message.
    Snmp(Snmp),
    /// FTP.
    Ftp(Greeted),
    /// SMTP.
    Smtp(Greeted),
    /// LLDP.
    Lldp(Lldp),
    /// EAPOL: the type of the first frame.
    Eapol(u8),
}

impl Detail {
    /// Adds what a later datagram tells.
    pub(crate) fn add(&mut self, other: Self) {
        match (self, other) {
            (Self::Dtls(all), Self::Dtls(more)) => all.add(*more),
            (Self::Ntp(all), Self::Ntp(more)) => {
                all.version = more.version;
                all.answered |= more.answered;
                all.authenticated |= more.authenticated;
                all.nts |= more.nts;
            }
            (all @ Self::None, more) => *all = more,
            _ => {}
        }
    }

    /// Whether it is DTLS 1.3.
    pub(crate) fn is_dtls_13(&self) -> bool {
        matches!(self, Self::Dtls(seen) if seen.server.is_some_and(|hello| hello.version == tls::DTLS_13))
    }

    /// The name that the flow itself says it is for.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Tls(tls) | Self::Dtls(tls) => tls.client.as_ref()?.server_name.as_deref(),
            Self::Http(http) => {
                let host = http.requests.iter().find_map(|request| request.host.as_deref())?;
                let bare = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
                // an address in place of a name is none
                Some(bare.map_or(host, |(name, _)| name))
                    .filter(|name| name.parse::<std::net::Ipv4Addr>().is_err() && !name.starts_with('['))
            }
            _ => None,
        }
    }
}

/// The content of one datagram.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Datagram<'a> {
    pub(crate) bytes: &'a [u8],
    /// Of the initiator, then of the responder.
    pub(crate) ports: [u16; 2],
    pub(crate) by_initiator: bool,
    /// Whether it is for all on the link.
    pub(crate) to_all: bool,
    /// Whether both ends agreed on DTLS 1.3, whose sealed records have short headers.
    pub(crate) short_headers: bool,
}

/// Protocols of datagrams, those with the strongest forms first.
const OF_DATAGRAMS: [Protocol; 13] = [
    Protocol::Dhcp,
    Protocol::Dns,
    Protocol::Mdns,
    Protocol::Llmnr,
    Protocol::Ssdp,
    Protocol::Dtls,
    Protocol::Quic,
    Protocol::Snmp,
    Protocol::Bacnet,
    Protocol::Dhcpv6,
    Protocol::Ntp,
    Protocol::Syslog,
    Protocol::Coap,
];

/// The protocol of a datagram, in a flow of which one may be known already: then only that one.
pub(crate) fn datagram(datagram: &Datagram<'_>, known: Option<Protocol>) -> Option<(Protocol, Detail)> {
    match known {
        Some(protocol) => Some((protocol, as_protocol(datagram, protocol, true)?)),
        None => OF_DATAGRAMS.into_iter().find_map(|protocol| Some((protocol, as_protocol(datagram, protocol, false)?))),
    }
}

fn as_protocol(datagram: &Datagram<'_>, protocol: Protocol, known: bool) -> Option<Detail> {
    let Datagram { bytes, ports, by_initiator, to_all, short_headers } = *datagram;
    let at = |port: u16| ports.contains(&port);
    let when = |holds: bool| holds.then_some(Detail::None);
    let service = |wanted| when(dns::service(ports) == Some(wanted) && dns::read(bytes).is_some());
    match protocol {
        Protocol::Dhcp => dhcp::version_4(bytes, to_all).filter(|_| at(67) || at(68)).map(|_| Detail::None),
        Protocol::Dhcpv6 => dhcp::version_6(bytes).filter(|_| at(546) || at(547)).map(|_| Detail::None),
        Protocol::Dns => service(Service::Dns),
        Protocol::Mdns => service(Service::Mdns),
        Protocol::Llmnr => service(Service::Llmnr),
        Protocol::Ssdp => when(web::is_ssdp(bytes)),
        Protocol::Dtls => tls::datagram(bytes, known && short_headers, by_initiator).map(|seen| Detail::Dtls(Box::new(seen))),
        Protocol::Quic if known => when(binary::goes_on_as_quic(bytes)),
        Protocol::Quic => binary::quic(bytes).map(Detail::Quic),
        Protocol::Snmp => binary::snmp(bytes).filter(|_| at(161) || at(162)).map(Detail::Snmp),
        Protocol::Bacnet => when(at(47_808) && binary::is_bacnet(bytes)),
        Protocol::Ntp => binary::ntp(bytes).filter(|_| at(123)).map(Detail::Ntp),
        Protocol::Syslog => when(text::is_syslog(bytes, ports)),
        Protocol::Coap => binary::coap(bytes).filter(|_| known || at(5683)).map(Detail::Coap),
        _ => None,
    }
}

/// The content of a stream: how each side begins, and its records, if it is made of any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stream<'a> {
    pub(crate) sent: &'a [u8],
    pub(crate) received: &'a [u8],
    pub(crate) records: [&'a tls::Records; 2],
    pub(crate) ports: [u16; 2],
    pub(crate) start_seen: bool,
}

/// The protocol of a stream, what was read of it, and how many bytes are not of that protocol, where that can be told. Where the
/// beginning was not seen, it is not known who asked.
pub(crate) fn stream(stream: &Stream<'_>) -> (Protocol, Detail, u64) {
    let read = one_way(stream);
    if read.0 != Protocol::Unclassified || stream.start_seen {
        return read;
    }
    let ([one, two], [from, to]) = (stream.records, stream.ports);
    one_way(&Stream { sent: stream.received, received: stream.sent, records: [two, one], ports: [to, from], ..*stream })
}

fn one_way(stream: &Stream<'_>) -> (Protocol, Detail, u64) {
    let Stream { sent, received, ports: [_, port], .. } = *stream;
    if let Some(tls) = as_tls(stream) {
        return (Protocol::Tls, Detail::Tls(Box::new(tls)), stream.records.iter().map(|records| records.strange).sum());
    }
    let (protocol, detail) = if let Some(ssh) = text::ssh(sent, received) {
        (Protocol::Ssh, Detail::Ssh(ssh))
    } else if sent.starts_with(b"PRI * HTTP/2.0\r\n") {
        (Protocol::Http2, Detail::None)
    } else if let Some(http) = web::read(sent, received) {
        (Protocol::Http, Detail::Http(http))
    } else if let Some(mqtt) = binary::mqtt(sent, received) {
        (Protocol::Mqtt, Detail::Mqtt(mqtt))
    } else if let Some(words) = text::greeted(sent, received, port) {
        match words {
            text::Words::Ftp(seen) => (Protocol::Ftp, Detail::Ftp(seen)),
            text::Words::Smtp(seen) => (Protocol::Smtp, Detail::Smtp(seen)),
        }
    } else if text::is_telnet(sent, received, port) {
        (Protocol::Telnet, Detail::None)
    } else if port == 53 && (dns::stream(sent).is_some() || dns::stream(received).is_some()) {
        (Protocol::Dns, Detail::None)
    } else if port == 502 && (binary::is_modbus(sent) || binary::is_modbus(received)) {
        (Protocol::Modbus, Detail::None)
    } else if text::is_syslog(sent, stream.ports) {
        (Protocol::Syslog, Detail::None)
    } else {
        (Protocol::Unclassified, Detail::None)
    };
    (protocol, detail, 0)
}

fn as_tls(stream: &Stream<'_>) -> Option<Tls> {
    let [one, two] = stream.records;
    let begins = tls::begins(stream.sent) || tls::begins(stream.received);
    // in the middle of a connection a chain of records is as good
    let chain = !stream.start_seen && one.strange + two.strange == 0 && one.whole + two.whole >= 2;
    (begins || chain).then_some(())?;
    let (client, _) = tls::hellos(stream.sent);
    let (_, server) = tls::hellos(stream.received);
    let [_, port] = stream.ports;
    Some(Tls {
        client,
        server,
        sent_data: one.data > 0,
        received_data: two.data > 0,
        alert: one.alerts + two.alerts > 0,
        carries: tls::carries(port),
    })
}

/// The protocol of what lies in IP without ports, by its number there.
pub(crate) const fn in_ip(number: u8) -> Protocol {
    match number {
        1 => Protocol::Icmp,
        2 => Protocol::Igmp,
        58 => Protocol::Icmpv6,
        _ => Protocol::Unclassified,
    }
}

/// The protocol of a frame without IP.
pub(crate) fn in_frame(kind: u16, payload: &[u8]) -> Option<(Protocol, Detail)> {
    match kind {
        link::ARP => (payload.len() >= 8).then_some((Protocol::Arp, Detail::None)),
        link::LLDP => binary::lldp(payload).map(|told| (Protocol::Lldp, Detail::Lldp(told))),
        link::EAPOL => binary::eapol(payload).map(|kind| (Protocol::Eapol, Detail::Eapol(kind))),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
