//! Captures of the device's traffic, as somebody made them at its router: three days of everyday use with sharing on, and two
//! hours with sharing off. Addresses are those for documentation (RFC 5737), times are fixed. Written into the state directory.

mod file;
mod messages;
mod secure;

use std::net::Ipv4Addr;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    Fault,
    state::{self, State, Subject},
    world::Faults,
};
use file::{End, Host, Turn, Wire};

/// When the first capture begins, in milliseconds since 1970: 2026-01-01.
const START: u64 = 1_767_225_600_000;
/// An hour, in milliseconds: the days pass quickly, so that the simulated device can look for updates as often as this one.
const HOUR: u64 = 50;
/// The hours of the first capture.
const DAYS: u64 = 72;
const ROUTER_MAC: [u8; 6] = [2, 0, 0, 0, 0x77, 0xfe];
const ALL_MAC: [u8; 6] = [255; 6];
const DEVICE: Host = Host([2, 0, 0, 0, 0x77, 1], Ipv4Addr::new(192, 0, 2, 10));
const PHONE: Host = Host([2, 0, 0, 0, 0x77, 0x50], Ipv4Addr::new(192, 0, 2, 50));
const ROUTER: Host = Host(ROUTER_MAC, Ipv4Addr::new(192, 0, 2, 1));
const MULTICAST: Host = Host([1, 0, 0x5e, 0, 0, 0xfb], Ipv4Addr::new(224, 0, 0, 251));
/// Peers behind the router: names and addresses.
const TELEMETRY: (&str, Ipv4Addr) = ("telemetry.dishwasher.test", Ipv4Addr::new(198, 51, 100, 10));
const UPDATES: (&str, Ipv4Addr) = ("updates.dishwasher.test", Ipv4Addr::new(198, 51, 100, 20));
const TIME: (&str, Ipv4Addr) = ("time.dishwasher.test", Ipv4Addr::new(198, 51, 100, 40));
const WEATHER: (&str, Ipv4Addr) = ("weather.test", Ipv4Addr::new(203, 0, 113, 30));
const TRACKER: (&str, Ipv4Addr) = ("tracker.test", Ipv4Addr::new(203, 0, 113, 66));

/// Writes both captures, whatever was there.
pub(crate) fn write(state: &State, faults: &Faults) -> anyhow::Result<()> {
    let mut talks = Vec::new();
    for name in ["dishwasher.test", TELEMETRY.0, UPDATES.0, WEATHER.0, TRACKER.0] {
        let identity = state.identity("captures", &Subject { name, address: None, days_left: 300 })?;
        let said = [&b"GET / HTTP/1.1\r\nHost: peer\r\n\r\n"[..], b"HTTP/1.1 204 No Content\r\n\r\n"];
        talks.push((name, secure::connection(&identity, state.authority(), name, said)?));
    }
    if faults.has(Fault::TrafficOldHello) {
        talks.insert(0, (TELEMETRY.0, messages::old_connection(TELEMETRY.0)));
    }
    let fresh = || Scene { wire: Wire::default(), faults, talks: &talks, port: 49_152 };
    let (mut everyday, mut quiet) = (fresh(), fresh());
    everyday.days(&state.secret("device-admin")?)?;
    quiet.hours()?;
    state.write("captures/everyday.pcapng", everyday.wire.file())?;
    state.write("captures/sharing-off.pcapng", quiet.wire.file())
}

/// What happens while a capture is made.
struct Scene<'a> {
    wire: Wire,
    faults: &'a Faults,
    /// Connections by the name of the server; the first of a name counts.
    talks: &'a [(&'static str, Vec<Turn>)],
    port: u16,
}

impl Scene<'_> {
    /// Three days of use.
    fn days(&mut self, secret: &str) -> anyhow::Result<()> {
        self.boot()?;
        self.wire.connection(START + HOUR, (PHONE, 50_001), (DEVICE, 8443), &self.said("dishwasher.test"));
        for hour in 0..DAYS {
            self.visit(START + hour * HOUR + 2, TELEMETRY)?;
        }
        let checks: &[u64] = if self.faults.has(Fault::UpdateCheckRare) { &[1, 61] } else { &[1, 21, 41, 61] };
        for hour in checks {
            self.visit(START + hour * HOUR, UPDATES)?;
        }
        for hour in (2..DAYS).step_by(12) {
            self.visit(START + hour * HOUR, WEATHER)?;
        }
        if self.faults.has(Fault::TrafficUndeclared) {
            self.visit(START + 3 * HOUR, TRACKER)?;
        }
        if self.faults.has(Fault::TrafficUnclassified) {
            let noise = (0..64_u8).map(|each| each.wrapping_mul(167) ^ 0x95).collect();
            self.talk(START + 4 * HOUR, TELEMETRY, 7777, &[(true, noise)]);
        }
        if self.faults.has(Fault::TrafficClear) {
            let known = STANDARD.encode(format!("admin:{secret}"));
            let request = format!("POST /readings HTTP/1.1\r\nHost: {}\r\nAuthorization: Basic {known}\r\n\r\n", TELEMETRY.0);
            let answer = b"HTTP/1.1 204 No Content\r\n\r\n".to_vec();
            self.talk(START + 5 * HOUR, TELEMETRY, 80, &[(true, request.into_bytes()), (false, answer)]);
        }
        Ok(())
    }

    /// Two hours, a week later.
    fn hours(&mut self) -> anyhow::Result<()> {
        let start = START + 7 * 24 * HOUR;
        self.visit(start, TELEMETRY)?;
        self.visit(start + HOUR, TELEMETRY)?;
        if self.faults.has(Fault::SharingDespiteOff) {
            self.visit(start + HOUR / 2, WEATHER)?;
        }
        self.visit(start + 2 * HOUR, TELEMETRY)
    }

    /// The device takes an address, asks for the time, and announces itself.
    fn boot(&mut self) -> anyhow::Result<()> {
        let (nobody, all) = (Host(DEVICE.0, Ipv4Addr::UNSPECIFIED), Host(ALL_MAC, Ipv4Addr::BROADCAST));
        let (client, everyone, server): (End, End, End) = ((nobody, 68), (all, 67), (ROUTER, 67));
        for (step, kind) in [1, 2, 3, 5].into_iter().enumerate() {
            let (at, by_client) = (START + 10 * u64::try_from(step)?, step % 2 == 0);
            let message = messages::address(by_client, kind, DEVICE.0, DEVICE.1, ROUTER.1);
            let (from, to) = if by_client { (client, everyone) } else { (server, (DEVICE, 68)) };
            self.wire.datagram(at, from, to, &message);
        }
        self.wire.frame(START + 40, DEVICE.0, ALL_MAC, 0x0806, &messages::neighbour(DEVICE.0, DEVICE.1, ROUTER.1));
        let text = if self.faults.has(Fault::IdentifierInClear) { "id=DW-0001" } else { "path=/" };
        self.wire.datagram(START + 45, (DEVICE, 5353), (MULTICAST, 5353), &messages::announcement(text));
        for at in (0..DAYS / 6).map(|each| START + 6 * each * HOUR + 1) {
            self.look_up(at, TIME)?;
            let [question, answer] = messages::time();
            let peer = (Host(ROUTER_MAC, TIME.1), 123);
            self.wire.datagram(at + 25, (DEVICE, 123), peer, &question);
            self.wire.datagram(at + 45, peer, (DEVICE, 123), &answer);
        }
        Ok(())
    }

    /// Looks a peer up and talks to it over TLS.
    fn visit(&mut self, at: u64, peer: (&'static str, Ipv4Addr)) -> anyhow::Result<()> {
        self.look_up(at, peer)?;
        self.talk(at + 25, peer, 443, &self.said(peer.0));
        Ok(())
    }

    fn look_up(&mut self, at: u64, (name, address): (&str, Ipv4Addr)) -> anyhow::Result<()> {
        let (port, id) = if self.faults.has(Fault::DnsSamePort) {
            self.port += 1;
            (40_000, self.port)
        } else {
            let drawn = state::random()?;
            (u16::from_be_bytes([drawn[0], drawn[1]]) | 0x8000, u16::from_be_bytes([drawn[2], drawn[3]]))
        };
        let [question, answer] = messages::lookup(id, name, address);
        self.wire.datagram(at, (DEVICE, port), (ROUTER, 53), &question);
        self.wire.datagram(at + 20, (ROUTER, 53), (DEVICE, port), &answer);
        Ok(())
    }

    fn talk(&mut self, at: u64, (_, address): (&str, Ipv4Addr), port: u16, turns: &[Turn]) {
        self.port += 1;
        self.wire.connection(at, (DEVICE, self.port), (Host(ROUTER_MAC, address), port), turns);
    }

    fn said(&self, name: &str) -> Vec<Turn> {
        self.talks.iter().find(|(each, _)| *each == name).map(|(_, turns)| turns.clone()).unwrap_or_default()
    }
}
