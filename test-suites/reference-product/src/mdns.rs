//! Service discovery at 5353 on the device, by unicast DNS queries (RFC 6762, RFC 6763).

use std::sync::Arc;

use crate::{Fault, net::bind_udp, reader::Reader, world::World};

/// The responder's port.
const PORT: u16 = 5353;
/// The longest query that is read, in bytes.
const LONGEST: usize = 1500;
/// The most questions that are answered in one query.
const MOST: u16 = 8;
/// Seconds for which an answer holds.
const TIME_TO_LIVE: u32 = 120;
const SERVICES: &str = "_services._dns-sd._udp.local";
const SERVICE: &str = "_https._tcp.local";
const INSTANCE: &str = "Dishwasher._https._tcp.local";
const HOST: &str = "dishwasher.local";
const TEXT: &[&str] = &["txtvers=1", "path=/"];
/// The port of the web interface, which is what is announced.
const WEB: u16 = 8443;
const A: u16 = 1;
const PTR: u16 = 12;
const TXT: u16 = 16;
const SRV: u16 = 33;
const ANY: u16 = 255;

/// Binds the port and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    let socket = bind_udp(world.at(PORT)).await?;
    let (address, world) = (world.address.octets(), Arc::clone(world));
    let tasks = world.tasks.clone();
    tasks.spawn(async move {
        let mut buffer = [0; LONGEST];
        loop {
            let Ok((length, peer)) = socket.recv_from(&mut buffer).await else { continue };
            if let Some(answer) = answer(buffer.get(..length).unwrap_or_default(), address, &text(&world)) {
                let _ = socket.send_to(&answer, peer).await;
            }
        }
    });
    Ok(())
}

/// The content of the TXT record.
fn text(world: &World) -> Vec<u8> {
    let id = world.has(Fault::AnnouncedIdentifier).then(|| format!("id={}", world.id()));
    TEXT.iter().copied().chain(id.as_deref()).flat_map(label).collect()
}

/// The answer to a query, if there is one.
fn answer(query: &[u8], address: [u8; 4], text: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader::new(query);
    let (id, flags, questions) = (reader.u16()?, reader.u16()?, reader.u16()?);
    reader.take(6)?;
    if flags & 0xf800 != 0 || questions > MOST {
        return None;
    }
    let start = reader.rest();
    let mut records: Vec<Vec<u8>> = Vec::new();
    for _ in 0..questions {
        let name = name(&mut reader)?;
        let (kind, _class) = (reader.u16()?, reader.u16()?);
        for record in known(&name, kind, address, text) {
            if !records.contains(&record) {
                records.push(record);
            }
        }
    }
    if records.is_empty() {
        return None;
    }
    let asked = start.get(..start.len() - reader.rest().len())?;
    let count = u16::try_from(records.len()).ok()?;
    let head = [id, 0x8400, questions, count, 0, 0].map(u16::to_be_bytes).concat();
    Some([head, asked.to_vec(), records.concat()].concat())
}

/// All that is known about a name: what was asked, and what is asked next.
fn known(name: &str, kind: u16, address: [u8; 4], text: &[u8]) -> Vec<Vec<u8>> {
    let target = [[0, 0, WEB].map(u16::to_be_bytes).concat(), labels(HOST)].concat();
    let is = |wanted: &[u16]| kind == ANY || wanted.contains(&kind);
    let service = [record(INSTANCE, SRV, &target), record(INSTANCE, TXT, text), record(HOST, A, &address)];
    match name.to_ascii_lowercase().as_str() {
        SERVICES if is(&[PTR]) => vec![record(SERVICES, PTR, &labels(SERVICE))],
        SERVICE if is(&[PTR]) => [vec![record(SERVICE, PTR, &labels(INSTANCE))], service.to_vec()].concat(),
        HOST if is(&[A]) => vec![record(HOST, A, &address)],
        other if other == INSTANCE.to_ascii_lowercase() && is(&[SRV, TXT]) => service.to_vec(),
        _ => Vec::new(),
    }
}

fn record(name: &str, kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or_default();
    [
        labels(name),
        [kind, 1].map(u16::to_be_bytes).concat(),
        TIME_TO_LIVE.to_be_bytes().to_vec(),
        length.to_be_bytes().to_vec(),
        data.to_vec(),
    ]
    .concat()
}

fn labels(name: &str) -> Vec<u8> {
    name.split('.').flat_map(label).chain([0]).collect()
}

fn label(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap_or_default();
    [&[length][..], text.as_bytes()].concat()
}

/// A name without compression, as questions have it.
fn name(reader: &mut Reader<'_>) -> Option<String> {
    let mut parts = Vec::new();
    loop {
        match reader.u8()? {
            0 => return Some(parts.join(".")),
            length @ 1..=63 if parts.len() < 32 => parts.push(String::from_utf8_lossy(reader.take(length.into())?).into_owned()),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(name: &str, kind: u16) -> Vec<u8> {
        [[7, 0, 1, 0, 0, 0].map(u16::to_be_bytes).concat(), labels(name), [kind, 1].map(u16::to_be_bytes).concat()].concat()
    }

    #[test]
    fn the_web_interface_is_found() {
        let found = answer(&query(SERVICE, PTR), [127, 0, 0, 9], b"\x01a").unwrap();
        assert_eq!(&found[..8], &[0, 7, 0x84, 0, 0, 1, 0, 4]);
        assert!(found.ends_with(&[0, 4, 127, 0, 0, 9]));
        assert!(answer(&query(SERVICES, PTR), [0; 4], b"").is_some());
        assert!(answer(&query("dishwasher._HTTPS._tcp.local", SRV), [0; 4], b"").is_some());
    }

    #[test]
    fn the_rest_gets_no_answer() {
        assert_eq!(answer(&query("_http._tcp.local", PTR), [0; 4], b""), None);
        let good = query(SERVICE, PTR);
        for end in 0..good.len() {
            assert_eq!(answer(&good[..end], [0; 4], b""), None);
        }
        assert_eq!(answer(&[&good[..12], &[0xc0, 12, 0, 12, 0, 1]].concat(), [0; 4], b""), None);
    }
}
