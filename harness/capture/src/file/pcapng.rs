//! The format in blocks (draft-ietf-opsawg-pcapng): sections, their interfaces, and packets. Other blocks are passed over.

use std::io::Read;

use super::{Ending, Frame, Input, LONGEST_PACKET, Next, Order};
use crate::Unreadable;

/// How each section begins.
pub(super) const SECTION: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
const ORDER: u32 = 0x1a2b_3c4d;
const INTERFACE: u32 = 1;
/// The packet of earlier drafts.
const OLD_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const PACKET: u32 = 6;
/// Interfaces of one section that are kept.
const INTERFACES: usize = 1024;
/// The longest block that is read whole: a packet with its options.
const LONGEST_BLOCK: usize = 2 * LONGEST_PACKET;

#[derive(Debug, Clone, Copy)]
struct Interface {
    link: u16,
    /// The most bytes captured of a packet; 0 for no limit.
    longest: usize,
    clock: Clock,
}

/// How the numbers of an interface tell the time.
#[derive(Debug, Clone, Copy)]
struct Clock {
    /// The option `if_tsresol`.
    resolution: u8,
    /// Seconds to add.
    offset: i64,
}

impl Clock {
    /// Nanoseconds since 1970.
    fn time(self, ticks: u64) -> u64 {
        let scaled = u128::from(ticks) * 1_000_000_000;
        let power = u32::from(self.resolution & 0x7f);
        let nanoseconds =
            if self.resolution & 0x80 == 0 { 10_u128.checked_pow(power).map_or(0, |unit| scaled / unit) } else { scaled >> power };
        let offset = i128::from(self.offset) * 1_000_000_000;
        let sum = i128::try_from(nanoseconds).unwrap_or(i128::MAX).saturating_add(offset);
        u64::try_from(sum.max(0)).unwrap_or(u64::MAX)
    }
}

/// Where the packet lies in the buffer.
struct Place {
    interface: usize,
    ticks: Option<u64>,
    start: usize,
    captured: usize,
    whole: usize,
}

#[derive(Debug)]
pub(crate) struct Reader<R> {
    input: Input<R>,
    order: Order,
    interfaces: Vec<Interface>,
    /// The type of the first block has been read already.
    begun: bool,
    body: Vec<u8>,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(input: Input<R>) -> Self {
        Self { input, order: Order::Little, interfaces: Vec::new(), begun: false, body: Vec::new() }
    }

    pub(super) fn next(&mut self) -> Result<Next<'_>, Unreadable> {
        loop {
            let kind = match self.block()? {
                Ok(kind) => kind,
                Err(ending) => return Ok(Next::End(ending)),
            };
            let place = match kind {
                INTERFACE if self.interfaces.len() < INTERFACES => {
                    self.interfaces.push(interface(self.order, &self.body));
                    continue;
                }
                PACKET | OLD_PACKET | SIMPLE_PACKET => self.place(kind),
                _ => continue,
            };
            let known = place.and_then(|place| Some((self.interfaces.get(place.interface).copied()?, place)));
            let Some((interface, place)) = known else { return Ok(torn("a packet has no interface or no room")) };
            let Some(bytes) = self.body.get(place.start..).and_then(|rest| rest.get(..place.captured)) else {
                return Ok(torn("a packet is longer than its block"));
            };
            let at = place.ticks.map(|ticks| interface.clock.time(ticks));
            return Ok(Next::Frame(Frame { at, link: interface.link, whole: place.whole.max(place.captured), bytes }));
        }
    }

    /// Reads one block into the body; its type. Blocks of no use are passed over and have an empty body.
    fn block(&mut self) -> Result<Result<u32, Ending>, Unreadable> {
        let torn = |why: &str| Ok(Err(Ending::Torn(why.to_owned())));
        let mut head = SECTION;
        if std::mem::replace(&mut self.begun, true) {
            match self.input.fill(&mut head)? {
                0 => return Ok(Err(Ending::Whole)),
                4 => {}
                _ => return torn("the file ends in the type of a block"),
            }
        }
        let mut size = [0; 4];
        let mut lead = Vec::new();
        let mut whole = self.input.fill(&mut size)? == size.len();
        if head == SECTION {
            let mut mark = [0; 4];
            whole &= self.input.fill(&mut mark)? == mark.len();
            let Some(order) = [Order::Little, Order::Big].into_iter().find(|order| order.u32(&mark, 0) == ORDER) else {
                return torn("a section does not tell its order of bytes");
            };
            (self.order, lead) = (order, mark.to_vec());
            self.interfaces.clear();
        }
        let (kind, length) = (self.order.u32(&head, 0), self.order.size(&size, 0));
        let Some(body) = length.checked_sub(12 + lead.len()).filter(|_| whole && length.is_multiple_of(4)) else {
            return torn("a block has a wrong length");
        };
        let wanted = matches!(kind, INTERFACE | PACKET | OLD_PACKET | SIMPLE_PACKET);
        if wanted && body > LONGEST_BLOCK {
            return Ok(Err(Ending::Torn(format!("a block claims {length} bytes"))));
        }
        self.body.resize(if wanted { body } else { 0 }, 0);
        let read = if wanted { self.input.fill(&mut self.body)? == body } else { self.input.skip(body as u64)? };
        let mut again = [0; 4];
        if !read || self.input.fill(&mut again)? < again.len() {
            return torn("the file ends in a block");
        }
        if again == size { Ok(Ok(kind)) } else { torn("the two lengths of a block differ") }
    }

    fn place(&self, kind: u32) -> Option<Place> {
        let (order, body) = (self.order, &self.body);
        let captured = order.size(body, 12);
        if kind == SIMPLE_PACKET {
            let (whole, room, first) = (order.size(body, 0), body.len().checked_sub(4)?, self.interfaces.first()?);
            let longest = if first.longest == 0 { usize::MAX } else { first.longest };
            return Some(Place { interface: 0, ticks: None, start: 4, captured: whole.min(longest).min(room), whole });
        }
        let interface = if kind == PACKET { order.size(body, 0) } else { usize::from(order.u16(body, 0)) };
        let ticks = u64::from(order.u32(body, 4)) << 32 | u64::from(order.u32(body, 8));
        (body.len() >= 20).then(|| Place { interface, ticks: Some(ticks), start: 20, captured, whole: order.size(body, 16) })
    }
}

/// The description of an interface, with the two options that tell its clock.
fn interface(order: Order, body: &[u8]) -> Interface {
    let mut clock = Clock { resolution: 6, offset: 0 };
    let mut rest = body.get(8..).unwrap_or_default();
    while let Some((head, after)) = rest.split_at_checked(4) {
        let (code, length) = (order.u16(head, 0), usize::from(order.u16(head, 2)));
        let Some(value) = after.get(..length) else { break };
        match (code, value) {
            (0, _) => break,
            (9, [resolution, ..]) => clock.resolution = *resolution,
            (14, value) => {
                let eight = value.first_chunk().copied().unwrap_or_default();
                clock.offset = if order == Order::Little { i64::from_le_bytes(eight) } else { i64::from_be_bytes(eight) };
            }
            _ => {}
        }
        rest = after.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Interface { link: order.u16(body, 0), longest: order.size(body, 4), clock }
}

fn torn(why: &str) -> Next<'static> {
    Next::End(Ending::Torn(why.to_owned()))
}
