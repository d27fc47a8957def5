//! The format of libpcap: a header, then packets (draft-ietf-opsawg-pcap).

use std::io::Read;

use super::{Ending, Frame, Input, LONGEST_PACKET, Next, Order};
use crate::Unreadable;

const MICROSECONDS: u32 = 0xa1b2_c3d4;
const NANOSECONDS: u32 = 0xa1b2_3c4d;
/// The rest of the header of a file, and the header of a packet, in bytes.
const REST: usize = 20;
const PACKET: usize = 16;

#[derive(Debug)]
pub(crate) struct Reader<R> {
    input: Input<R>,
    order: Order,
    /// Nanoseconds in a unit of the fraction of a second.
    unit: u64,
    link: u16,
    buffer: Vec<u8>,
}

impl<R: Read> Reader<R> {
    pub(super) fn open(mut input: Input<R>, magic: [u8; 4]) -> Result<Self, Unreadable> {
        let found = [Order::Little, Order::Big].into_iter().find_map(|order| match order.u32(&magic, 0) {
            MICROSECONDS => Some((order, 1000)),
            NANOSECONDS => Some((order, 1)),
            _ => None,
        });
        let (order, unit) = found.ok_or(Unreadable::Foreign)?;
        let mut rest = [0; REST];
        if input.fill(&mut rest)? < REST {
            return Err(Unreadable::Foreign);
        }
        // the upper half may tell of check sums behind each frame, which the lengths inside leave out
        let link = u16::try_from(order.u32(&rest, 16) & 0xffff).unwrap_or_default();
        Ok(Self { input, order, unit, link, buffer: Vec::new() })
    }

    pub(super) fn next(&mut self) -> Result<Next<'_>, Unreadable> {
        let mut header = [0; PACKET];
        match self.input.fill(&mut header)? {
            0 => return Ok(Next::End(Ending::Whole)),
            PACKET => {}
            _ => return Ok(torn("the file ends in the header of a packet")),
        }
        let (order, length) = (self.order, self.order.size(&header, 8));
        if length > LONGEST_PACKET {
            return Ok(Next::End(Ending::Torn(format!("a packet claims {length} bytes"))));
        }
        self.buffer.resize(length, 0);
        if self.input.fill(&mut self.buffer)? < length {
            return Ok(torn("the file ends in a packet"));
        }
        let at = u64::from(order.u32(&header, 0)) * 1_000_000_000 + u64::from(order.u32(&header, 4)) * self.unit;
        let whole = order.size(&header, 12).max(length);
        Ok(Next::Frame(Frame { at: Some(at), link: self.link, whole, bytes: &self.buffer }))
    }
}

fn torn(why: &str) -> Next<'static> {
    Next::End(Ending::Torn(why.to_owned()))
}
