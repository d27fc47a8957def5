//! Flows held against the peers and interfaces that the profile declares.

use std::net::IpAddr;

use assay_capture::{Protocol, Reach, Transport};
use assay_model::profile::{Component, Interface, Outbound, Profile, Speaks};

use super::Talk;

/// What a flow is, by the profile.
#[derive(Clone, Copy)]
pub(crate) enum Match<'p> {
    /// The component talks to a declared peer.
    Outbound(&'p Outbound),
    /// A declared interface, of the component or of another one of the product, is talked to.
    Interface(&'p Interface),
    /// What networks need to work, which is not declared.
    Upkeep,
    /// The peer and the port are declared, but what is spoken was not recognised.
    Unclear,
}

impl<'p> Match<'p> {
    /// The first declaration that a flow of the component fits.
    pub(crate) fn of(talk: &Talk<'_>, component: &'p Component, profile: &'p Profile) -> Option<Self> {
        if is_upkeep(talk, component) {
            return Some(Self::Upkeep);
        }
        let unclear = talk.flow.protocol == Protocol::Unclassified;
        // who began a datagram flow, or a connection whose beginning was not seen, is not certain
        let either = talk.flow.transport != Transport::Tcp || !talk.flow.start_seen;
        let places = component
            .outbound
            .iter()
            .filter(|_| talk.outward || either)
            .filter(|outbound| outbound.port.is_none_or(|port| talk.peer().port == Some(port)) && is_peer(talk, outbound));
        let mut places = places.peekable();
        let near = places.peek().is_some();
        if let Some(outbound) = places.find(|outbound| speaks(talk, outbound.speaks)) {
            return Some(Self::Outbound(outbound));
        }
        let answers = !talk.outward || (either && is_near(talk));
        let own = component.interfaces.iter().map(|interface| (interface, talk.own().port)).filter(|_| answers);
        let other = talk.peer().component.as_deref().and_then(|id| profile.component(id)).into_iter();
        let other = other.flat_map(|other| &other.interfaces).map(|interface| (interface, talk.peer().port));
        let mut interfaces = own.chain(other).filter(|(interface, port)| *port == Some(interface.port)).peekable();
        let near = near || interfaces.peek().is_some();
        let found = interfaces.find(|(interface, _)| speaks(talk, interface.speaks)).map(|(interface, _)| Self::Interface(interface));
        found.or((near && unclear).then_some(Self::Unclear))
    }
}

/// Whether an outbound connection names the peer of a flow.
pub(crate) fn is_peer(talk: &Talk<'_>, outbound: &Outbound) -> bool {
    let address = talk.peer().address;
    outbound.peers.iter().any(|peer| match peer.as_str() {
        "multicast" => talk.flow.reach != Reach::Unicast,
        "local" | "resolver" => is_near(talk),
        text => is_named(talk.names(), text) || address.is_some_and(|address| is_within(address, text)),
    })
}

/// Whether the peer is in the network of the component, or a group there.
fn is_near(talk: &Talk<'_>) -> bool {
    talk.flow.reach != Reach::Unicast || talk.peer().address.is_some_and(|address| is_local(address, &talk.taken.own))
}

fn is_named(names: &[String], wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    names.iter().any(|name| match wanted.strip_prefix('*') {
        Some(end) => end.starts_with('.') && name.len() > end.len() && name.ends_with(end),
        None => *name == wanted,
    })
}

/// Whether an address is this one, or in this network.
fn is_within(address: IpAddr, text: &str) -> bool {
    let Some((network, length)) = text.split_once('/') else { return text.parse() == Ok(address) };
    let length = length.parse::<u32>().ok();
    match (address, network.parse(), length) {
        (IpAddr::V4(one), Ok(IpAddr::V4(other)), Some(length @ 0..=32)) => {
            (one.to_bits() ^ other.to_bits()).checked_shr(32 - length).unwrap_or_default() == 0
        }
        (IpAddr::V6(one), Ok(IpAddr::V6(other)), Some(length @ 0..=128)) => {
            (one.to_bits() ^ other.to_bits()).checked_shr(128 - length).unwrap_or_default() == 0
        }
        _ => false,
    }
}

/// Whether an address belongs to the network that the component is in, as far as a capture tells: one for private use, or one
/// that shares its first 24 bits (64 in IPv6).
fn is_local(address: IpAddr, own: &[IpAddr]) -> bool {
    let private = match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local() || address.is_unspecified() || address.is_broadcast(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local() || address.is_unspecified(),
    };
    private
        || own.iter().any(|own| match own {
            IpAddr::V4(_) => is_within(address, &format!("{own}/24")),
            IpAddr::V6(_) => is_within(address, &format!("{own}/64")),
        })
}

/// ICMP leaves the network only towards declared peers; the rest does not leave it at all.
fn is_upkeep(talk: &Talk<'_>, component: &Component) -> bool {
    match talk.flow.protocol {
        Protocol::Arp | Protocol::Igmp | Protocol::Lldp | Protocol::Eapol => true,
        Protocol::Icmp | Protocol::Icmpv6 => {
            !talk.outward || is_near(talk) || component.outbound.iter().any(|outbound| is_peer(talk, outbound))
        }
        _ => false,
    }
}

/// Whether a flow speaks what was declared. Of a flow in which nothing was said only the transport tells.
fn speaks(talk: &Talk<'_>, declared: Speaks) -> bool {
    let (flow, protocol) = (talk.flow, talk.flow.protocol);
    let fits = if declared.is_udp() { flow.transport == Transport::Udp } else { flow.transport == Transport::Tcp };
    let dns_over_tcp = declared == Speaks::Dns && flow.transport == Transport::Tcp;
    if protocol == Protocol::Empty {
        return fits || dns_over_tcp;
    }
    match declared {
        Speaks::Https | Speaks::Mqtts | Speaks::SyslogTls | Speaks::Tls => protocol == Protocol::Tls,
        Speaks::Coaps | Speaks::Dtls => protocol == Protocol::Dtls,
        Speaks::Http => matches!(protocol, Protocol::Http | Protocol::Http2),
        Speaks::Mqtt => protocol == Protocol::Mqtt,
        Speaks::Coap => protocol == Protocol::Coap,
        Speaks::Ssh => protocol == Protocol::Ssh,
        Speaks::Telnet => protocol == Protocol::Telnet,
        Speaks::Ftp => protocol == Protocol::Ftp,
        Speaks::Snmp => protocol == Protocol::Snmp,
        Speaks::Mdns => protocol == Protocol::Mdns,
        Speaks::Ssdp => protocol == Protocol::Ssdp,
        Speaks::Ntp => protocol == Protocol::Ntp,
        Speaks::Dns => protocol == Protocol::Dns,
        Speaks::Dhcp => matches!(protocol, Protocol::Dhcp | Protocol::Dhcpv6),
        Speaks::SyslogUdp | Speaks::SyslogTcp => protocol == Protocol::Syslog && fits,
        Speaks::Tcp | Speaks::Udp => fits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_networks_are_matched_as_declared() {
        let names = ["a.peer.example".to_owned()];
        for (wanted, holds) in [("a.peer.example", true), ("A.Peer.Example", true), ("*.peer.example", true), ("*.example", true)] {
            assert_eq!(is_named(&names, wanted), holds, "{wanted}");
        }
        for wanted in ["peer.example", "*.a.peer.example", "*", "*er.example", ""] {
            assert!(!is_named(&names, wanted), "{wanted}");
        }
        let address = "198.51.100.7".parse().expect("an address");
        for (text, holds) in [("198.51.100.7", true), ("198.51.100.0/24", true), ("0.0.0.0/0", true), ("198.51.100.7/32", true)] {
            assert_eq!(is_within(address, text), holds, "{text}");
        }
        for text in ["198.51.101.0/24", "198.51.100.0/33", "::/0", "198.51.100.0/x", "198.51.100.8", ""] {
            assert!(!is_within(address, text), "{text}");
        }
    }

    #[test]
    fn the_network_of_a_component_is_near() {
        let own = ["192.0.2.10".parse().expect("an address"), "2001:db8:1::10".parse().expect("an address")];
        let near = |text: &str| is_local(text.parse().expect("an address"), &own);
        assert!(["192.0.2.1", "10.0.0.1", "169.254.0.1", "2001:db8:1::1", "fe80::1"].into_iter().all(near));
        assert!(!["192.0.3.1", "198.51.100.1", "2001:db8:2::1"].into_iter().any(near));
    }
}
