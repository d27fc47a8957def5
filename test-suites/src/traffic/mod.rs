//! Captures of the product's traffic: read into facts, with what they leave open, and held against what the profile declares.

mod declared;
mod ruling;

use std::collections::BTreeSet;
use std::fmt::{Display, Formatter};
use std::net::IpAddr;

use assay_capture::{
    Bound, Canary, Capture, Detail, End, Ending, Flow, Hit, Interest, Limits, Mac, Packets, Protocol, Span, Transport, Writer,
};
use assay_engine::{Applies, Bench, Seen, Stop, Subject};
use assay_model::profile::{Activity, CaptureFile, Component, Profile};
use serde::Serialize;

pub(crate) use declared::{Match, is_peer};
pub(crate) use ruling::{Judged, Words};

/// Captured packets of IP without a link layer, as numbered by tcpdump.org.
const RAW: u16 = 101;

/// What these tests are about: components of which captures were supplied.
pub(crate) fn is_captured(subject: &Subject<'_>) -> Applies {
    let of = |component: &Component| subject.profile().captures.iter().any(|file| shows(file, component));
    subject.component().is_some_and(of).into()
}

/// Whether the traffic of a component is in a capture: it names the component, or none.
fn shows(file: &CaptureFile, component: &Component) -> bool {
    file.addresses.is_empty() || file.addresses.iter().any(|each| each.component == component.id)
}

/// The captures of one component.
pub(crate) struct Traffic {
    pub(crate) component: Component,
    pub(crate) taken: Vec<Taken>,
    pub(crate) seen: Seen,
}

/// One capture.
pub(crate) struct Taken {
    pub(crate) file: CaptureFile,
    pub(crate) capture: Capture,
    /// The addresses of the component.
    pub(crate) own: Vec<IpAddr>,
}

/// A flow of the component, seen from its side.
#[derive(Clone, Copy)]
pub(crate) struct Talk<'t> {
    pub(crate) taken: &'t Taken,
    pub(crate) number: usize,
    pub(crate) flow: &'t Flow,
    /// Whether the component began it, as far as was seen.
    pub(crate) outward: bool,
}

/// What is recorded of a capture: all that concerns the component.
#[derive(Serialize)]
struct Facts<'f> {
    capture: &'f str,
    covers: &'f [Activity],
    ending: &'f Ending,
    time: Option<Span>,
    packets: Packets,
    met: &'f BTreeSet<Bound>,
    unsearched: &'f [String],
    hits: Vec<&'f Hit>,
    flows: Vec<(usize, &'f Flow)>,
}

impl Traffic {
    /// Reads those captures of the component that are wanted, searching them for canaries, and records what concerns it.
    pub(crate) fn read(bench: &Bench, canaries: &[Canary], wanted: impl Fn(&CaptureFile) -> bool) -> Result<Self, Stop> {
        let (component, profile) = (bench.component()?, bench.profile());
        let (mut taken, mut all) = (Vec::new(), None::<Seen>);
        for file in profile.captures.iter().filter(|file| shows(file, &component) && wanted(file)) {
            let bytes = bench.file(&file.file)?;
            let interest = Interest { canaries: canaries.to_vec(), components: parts(&profile, file)? };
            let own = interest.components.iter().find(|part| part.name == component.id).map(|part| part.addresses.clone());
            let read = assay_capture::read(bytes.as_slice(), &interest, &Limits::default());
            let capture = read.map_err(|why| Stop::missing(format!("{}: {why}", file.file)))?;
            let one = Taken { file: file.clone(), capture, own: own.unwrap_or_default() };
            let seen = bench.record_document(&file.file, &bytes, &one.facts(&component.id))?;
            all = Some(match all {
                Some(before) => before.and(seen),
                None => seen,
            });
            taken.push(one);
        }
        let missing =
            || Stop::missing("no such capture of the component was supplied: add a [[capture]] with what it covers to the profile");
        Ok(Self { component, taken, seen: all.ok_or_else(missing)? })
    }

    /// All flows of the component.
    pub(crate) fn talks(&self) -> impl Iterator<Item = Talk<'_>> {
        self.taken.iter().flat_map(|taken| taken.talks(&self.component.id))
    }

    /// Why nothing good can be said: what is missing in the captures.
    pub(crate) fn open(&self) -> Vec<String> {
        self.taken.iter().flat_map(|taken| taken.open(&self.component.id)).collect()
    }

    /// Activities that none of the captures covers.
    pub(crate) fn uncovered(&self, wanted: &[Activity]) -> Option<String> {
        let has = |activity: &Activity| self.taken.iter().any(|taken| taken.file.covers.contains(activity));
        let missing: Vec<String> = wanted.iter().filter(|activity| !has(activity)).map(word).collect();
        (!missing.is_empty()).then(|| format!("no capture covers {}: capture that too, and say so in `covers`", missing.join(", ")))
    }
}

impl Taken {
    pub(crate) fn talks<'t>(&'t self, component: &str) -> impl Iterator<Item = Talk<'t>> {
        let is_own = |end: &End| end.component.as_deref() == Some(component);
        let sides = self
            .capture
            .flows
            .iter()
            .enumerate()
            .map(move |(number, flow)| (number, flow, is_own(&flow.initiator), is_own(&flow.responder)));
        let own: Vec<_> = sides.filter(|(_, _, begins, answers)| *begins || *answers).collect();
        own.into_iter().map(move |(number, flow, outward, _)| Talk { taken: self, number, flow, outward })
    }

    fn facts<'f>(&'f self, component: &str) -> Facts<'f> {
        let flows: Vec<_> = self.talks(component).map(|talk| (talk.number, talk.flow)).collect();
        let capture = &self.capture;
        Facts {
            capture: &self.file.id,
            covers: &self.file.covers,
            ending: &capture.ending,
            time: capture.time,
            packets: capture.packets,
            met: &capture.met,
            unsearched: &capture.unsearched,
            hits: capture.hits.iter().filter(|hit| flows.iter().any(|(number, _)| *number == hit.flow)).collect(),
            flows,
        }
    }

    fn open(&self, component: &str) -> Vec<String> {
        let (id, capture, packets) = (&self.file.id, &self.capture, &self.capture.packets);
        let mut open = Vec::new();
        if let Ending::Torn(why) = &capture.ending {
            open.push(format!("capture `{id}` ends in the middle ({why}): capture again"));
        }
        if capture.cut {
            open.push(format!("capture `{id}` holds more than is kept of one: split it into several"));
        }
        let lost = packets.undecoded + packets.not_reassembled + packets.unassigned;
        if lost > 0 {
            open.push(format!(
                "{lost} packets of capture `{id}` could not be read: capture again, nearer to the product and with whole packets"
            ));
        }
        open.extend(
            capture.unsearched.iter().map(|canary| format!("{canary} is too short or too long to be searched for: set another one")),
        );
        let ragged = |talk: &Talk<'_>| [talk.flow.sent, talk.flow.received].iter().any(|side| side.cut > 0 || side.gaps > 0);
        open.extend(
            self.talks(component).find(ragged).map(|talk| format!("content of {talk} is missing in capture `{id}`: capture again")),
        );
        if self.talks(component).next().is_none() {
            open.push(format!("capture `{id}` holds no flow of `{component}`: mend its addresses ([[capture.address]])"));
        }
        open
    }
}

impl<'t> Talk<'t> {
    /// The other end.
    pub(crate) fn peer(&self) -> &'t End {
        if self.outward { &self.flow.responder } else { &self.flow.initiator }
    }

    /// The end of the component.
    pub(crate) fn own(&self) -> &'t End {
        if self.outward { &self.flow.initiator } else { &self.flow.responder }
    }

    /// Whether anything was said.
    pub(crate) const fn has_content(&self) -> bool {
        self.flow.sent.bytes + self.flow.received.bytes > 0
    }

    /// Whether somebody else approached the component, which neither answered nor accepted a connection.
    pub(crate) fn is_unanswered(&self) -> bool {
        let accepted = self.flow.transport == Transport::Tcp && self.flow.received.initial_sequence.is_some();
        !self.outward && self.flow.received.bytes == 0 && !accepted
    }

    /// The names that may be meant by the peer: what the flow says, else what name servers told.
    pub(crate) fn names(&self) -> &'t [String] {
        let tells = match &self.flow.detail {
            Detail::Tls(tls) | Detail::Dtls(tls) => tls.client.as_ref().is_some_and(|hello| hello.server_name.is_some()),
            _ => false,
        };
        let names = self.flow.names.as_slice();
        match (self.outward, tells) {
            (false, _) => &[],
            (true, true) => names.get(..1).unwrap_or_default(),
            (true, false) => names,
        }
    }
}

impl Display for Talk<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        let (peer, way) = (self.peer(), if self.outward { "to" } else { "from" });
        let address = peer.address.map(|address| address.to_string()).or_else(|| peer.mac.map(|mac| mac.to_string()));
        let place = self.names().first().cloned().or(address).unwrap_or_else(|| "nobody".to_owned());
        // the port of a client means nothing
        let port = self.flow.responder.port.map(|port| format!(" at port {port}")).unwrap_or_default();
        write!(out, "{} {way} {place}{port}", word(&self.flow.protocol))
    }
}

/// Whether a protocol carries nothing that needs protection by its nature: names, times, addresses, and the upkeep of networks.
pub(crate) const fn is_harmless(protocol: Protocol) -> bool {
    matches!(
        protocol,
        Protocol::Dns
            | Protocol::Mdns
            | Protocol::Llmnr
            | Protocol::Ssdp
            | Protocol::Ntp
            | Protocol::Dhcp
            | Protocol::Dhcpv6
            | Protocol::Icmp
            | Protocol::Icmpv6
            | Protocol::Igmp
            | Protocol::Arp
            | Protocol::Lldp
            | Protocol::Eapol
    )
}

/// The word for a protocol or an activity.
pub(crate) fn word<T: Serialize>(of: &T) -> String {
    serde_json::to_value(of).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Shows that the canaries would be found: a capture that was made to hold each of them, read in the same way.
pub(crate) fn plant(bench: &Bench, canaries: &[Canary]) -> Result<Seen, Stop> {
    let failed = |why: &dyn Display| Stop::Error(format!("planting canaries: {why}"));
    let mut writer = Writer::new(Vec::new()).map_err(|why| failed(&why))?;
    let link = writer.interface(RAW, 0).map_err(|why| failed(&why))?;
    for canary in canaries {
        let packet = datagram(&canary.bytes);
        writer.packet(link, 0, &packet, packet.len()).map_err(|why| failed(&why))?;
    }
    let bytes = writer.finish().map_err(|why| failed(&why))?;
    let interest = Interest { canaries: canaries.to_vec(), ..Interest::default() };
    let capture = assay_capture::read(bytes.as_slice(), &interest, &Limits::default()).map_err(|why| failed(&why))?;
    let found: BTreeSet<&str> = capture.hits.iter().map(|hit| hit.canary.as_str()).collect();
    let seen = bench.record("planted copies that the search found", &found)?;
    match canaries.iter().find(|canary| !found.contains(canary.id.as_str())) {
        Some(lost) => Err(Stop::missing(format!("a planted copy of {} was not found, so that a search for it shows nothing", lost.id))),
        None => Ok(seen),
    }
}

/// A packet of IPv4 and UDP around this content.
fn datagram(content: &[u8]) -> Vec<u8> {
    let length = |more: usize| u16::try_from(content.len() + more).unwrap_or_default().to_be_bytes();
    let [ip, udp] = [length(28), length(8)];
    let head = [&[0x45, 0][..], &ip, &[0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]].concat();
    [&head[..], &[0xc0, 0, 0xc0, 1], &udp, &[0, 0], content].concat()
}

/// The product's components by their addresses in a capture; by those of the profile when it names none.
fn parts(profile: &Profile, file: &CaptureFile) -> Result<Vec<assay_capture::Component>, Stop> {
    let mut parts: Vec<assay_capture::Component> = Vec::new();
    let fresh = |name: &str| assay_capture::Component { name: name.to_owned(), ..assay_capture::Component::default() };
    for named in &file.addresses {
        let mut part = fresh(&named.component);
        for text in &named.at {
            match (text.parse::<IpAddr>(), text.parse::<Mac>()) {
                (Ok(address), _) => part.addresses.push(address),
                (_, Ok(mac)) => part.macs.push(mac),
                _ => {
                    return Err(Stop::missing(format!(
                        "`{text}` in capture `{}` is neither an IP address nor a hardware address",
                        file.id
                    )));
                }
            }
        }
        parts.push(part);
    }
    if parts.is_empty() {
        let of = |component: &Component| {
            component.address.parse().ok().map(|address| assay_capture::Component { addresses: vec![address], ..fresh(&component.id) })
        };
        parts.extend(profile.components.iter().filter_map(of));
    }
    Ok(parts)
}
