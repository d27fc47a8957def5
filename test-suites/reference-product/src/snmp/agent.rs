//! Answers to SNMP v1 and v2c requests.

use super::ber::{self, NULL, OCTETS, SEQUENCE, TICKS};
use crate::reader::Reader;

const COMMUNITY: &[u8] = b"public";
/// The system group, SNMPv2-MIB.
const SYSTEM: [u32; 7] = [1, 3, 6, 1, 2, 1, 1];
const GET: u8 = 0xa0;
const GET_NEXT: u8 = 0xa1;
const RESPONSE: u8 = 0xa2;
const GET_BULK: u8 = 0xa5;
const NO_SUCH_NAME: i32 = 2;
const NO_SUCH_OBJECT: u8 = 0x80;
const END_OF_VIEW: u8 = 0x82;
/// The most variables in one answer.
const MOST: usize = 32;

type Variable = (Vec<u32>, Vec<u8>);

/// The answer to a request, if it deserves one; `ticks` is the time since the start, in hundredths of a second.
pub(super) fn answer(request: &[u8], ticks: u32) -> Option<Vec<u8>> {
    let mut message = Reader::new(ber::expect(&mut Reader::new(request), SEQUENCE)?);
    let version = ber::integer(&mut message).filter(|version| (0..=1).contains(version))?;
    if ber::expect(&mut message, OCTETS)? != COMMUNITY {
        return None;
    }
    let (kind, content) = ber::value(&mut message)?;
    let mut body = Reader::new(content);
    let id = ber::integer(&mut body)?;
    let (first, second) = (ber::integer(&mut body)?, ber::integer(&mut body)?);
    let asked = names(ber::expect(&mut body, SEQUENCE)?)?;
    let view = view(ticks);
    let found: Vec<Option<Variable>> = match kind {
        GET => asked.iter().map(|name| view.iter().find(|(known, _)| known == name).cloned()).collect(),
        GET_NEXT => asked.iter().map(|name| next(&view, name)).collect(),
        GET_BULK if version == 1 => return Some(respond(version, id, &bulk(&view, &asked, first, second), (0, 0))),
        _ => return None,
    };
    let missing = if kind == GET { NO_SUCH_OBJECT } else { END_OF_VIEW };
    let gap = found.iter().position(Option::is_none).filter(|_| version == 0);
    let error = gap.map_or((0, 0), |at| (NO_SUCH_NAME, i32::try_from(at).map_or(0, |at| at + 1)));
    let filler = |name: &Vec<u32>| (name.clone(), ber::write(if version == 0 { NULL } else { missing }, &[]));
    let list: Vec<Variable> =
        asked.iter().zip(found).map(|(name, found)| found.filter(|_| gap.is_none()).unwrap_or_else(|| filler(name))).collect();
    Some(respond(version, id, &list, error))
}

fn names(content: &[u8]) -> Option<Vec<Vec<u32>>> {
    let mut reader = Reader::new(content);
    let mut names = Vec::new();
    while !reader.rest().is_empty() && names.len() < MOST {
        let mut variable = Reader::new(ber::expect(&mut reader, SEQUENCE)?);
        names.push(ber::arcs(ber::expect(&mut variable, ber::OID)?)?);
    }
    Some(names)
}

fn view(ticks: u32) -> Vec<Variable> {
    let named = |last: u32, value: Vec<u8>| ([&SYSTEM[..], &[last, 0]].concat(), value);
    let ticks = [&[0][..], &ticks.to_be_bytes()].concat();
    vec![
        named(1, ber::write(OCTETS, b"Connected dishwasher DW-100")),
        named(2, ber::write_oid(&[1, 3, 6, 1, 4, 1, 32473, 100])),
        named(3, ber::write(TICKS, &ticks)),
        named(5, ber::write(OCTETS, b"dishwasher")),
    ]
}

fn next(view: &[Variable], name: &[u32]) -> Option<Variable> {
    view.iter().find(|(known, _)| known.as_slice() > name).cloned()
}

fn bulk(view: &[Variable], asked: &[Vec<u32>], once: i32, times: i32) -> Vec<Variable> {
    let (once, repeated) = asked.split_at(usize::try_from(once).unwrap_or(0).min(asked.len()));
    let end = |name: &[u32]| (name.to_vec(), ber::write(END_OF_VIEW, &[]));
    let mut list: Vec<Variable> = once.iter().map(|name| next(view, name).unwrap_or_else(|| end(name))).collect();
    let mut names = repeated.to_vec();
    for _ in 0..usize::try_from(times).unwrap_or(0).min(MOST) {
        for name in &mut names {
            if list.len() < MOST {
                let variable = next(view, name).unwrap_or_else(|| end(name));
                name.clone_from(&variable.0);
                list.push(variable);
            }
        }
    }
    list
}

fn respond(version: i32, id: i32, list: &[Variable], error: (i32, i32)) -> Vec<u8> {
    let list: Vec<u8> =
        list.iter().flat_map(|(name, value)| ber::write(SEQUENCE, &[ber::write_oid(name), value.clone()].concat())).collect();
    let numbers = [id, error.0, error.1].map(ber::write_integer).concat();
    let body = ber::write(RESPONSE, &[numbers, ber::write(SEQUENCE, &list)].concat());
    ber::write(SEQUENCE, &[ber::write_integer(version), ber::write(OCTETS, COMMUNITY), body].concat())
}
