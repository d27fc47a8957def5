//! One flow while its packets come.

use crate::facts::{Closed, Direction, Flow, Span, Transport};
use crate::file::Frame;
use crate::ip::Segment;
use crate::recognise::{self, Datagram, Detail, Protocol, binary, tls};
use crate::search::{Form, Hit, Search, Tail};
use crate::stream::{Piece, Stream};

/// A question that is kept until its answer shows what it was, in bytes.
const QUESTION: usize = 256;

/// One direction of a TCP connection.
#[derive(Debug, Default)]
struct Side {
    stream: Stream,
    heard: Heard,
}

/// What was heard in order.
#[derive(Debug, Default)]
struct Heard {
    head: Vec<u8>,
    /// Whether there is more than the head.
    head_over: bool,
    tail: Tail,
    records: tls::Records,
    gaps: u64,
    missing: u64,
}

impl Heard {
    /// Takes what comes next; the head takes `most` bytes in all.
    fn take(&mut self, piece: Piece<'_>, most: usize, sink: &mut Sink<'_>) {
        match piece {
            Piece::Bytes(bytes) => {
                let room = if self.head_over { 0 } else { most.saturating_sub(self.head.len()) };
                self.head.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
                self.head_over |= bytes.len() > room;
                self.records.push(bytes);
                sink.stream(&mut self.tail, bytes);
            }
            Piece::Gap(count) => {
                self.gaps += 1;
                self.missing += count;
                self.head_over = true;
                self.records.gap(count);
                Search::skip(&mut self.tail, count);
            }
        }
    }
}

/// A packet of a flow, without its headers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content<'a> {
    pub(crate) bytes: &'a [u8],
    /// The length on the wire.
    pub(crate) whole: usize,
    pub(crate) by_initiator: bool,
    /// Whether it is for all on the link.
    pub(crate) to_all: bool,
}

/// Where hits go.
#[derive(Debug)]
pub(crate) struct Hits<'a> {
    pub(crate) search: &'a Search,
    pub(crate) list: &'a mut Vec<Hit>,
    pub(crate) most: usize,
    /// Set when there was no room for one.
    pub(crate) met: bool,
}

/// Where the hits of one packet go.
struct Sink<'a> {
    search: &'a Search,
    found: Vec<(String, Form, u64)>,
}

impl Sink<'_> {
    fn stream(&mut self, tail: &mut Tail, bytes: &[u8]) {
        self.search.next(tail, bytes, &mut |canary, form, offset| self.found.push((canary.to_owned(), form, offset)));
    }

    fn alone(&mut self, bytes: &[u8]) {
        self.search.alone(bytes, &mut |canary, form, offset| self.found.push((canary.to_owned(), form, offset)));
    }
}

impl<'a> Hits<'a> {
    const fn sink(&self) -> Sink<'a> {
        Sink { search: self.search, found: Vec::new() }
    }

    fn add(&mut self, sink: Sink<'_>, flow: usize, by_initiator: bool, at: Option<u64>) {
        for (canary, form, offset) in sink.found {
            if self.list.len() >= self.most {
                self.met = true;
                return;
            }
            self.list.push(Hit { canary, form, flow, by_initiator, offset, at });
        }
    }
}

/// A flow and what is needed until it is over.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) flow: Flow,
    /// Its place in the list.
    place: usize,
    sides: Option<Box<[Side; 2]>>,
    ended: [bool; 2],
    settled: bool,
    question: Option<Vec<u8>>,
}

impl Live {
    pub(crate) fn new(flow: Flow, place: usize) -> Self {
        let sides = (flow.transport == Transport::Tcp).then(Box::default);
        Self { flow, place, sides, ended: [false; 2], settled: false, question: None }
    }

    /// Whether a segment begins a connection that is not this one.
    pub(crate) fn is_another(&self, segment: Segment, by_initiator: bool) -> bool {
        let Flow { sent, received, closed, .. } = &self.flow;
        let own = if by_initiator { sent } else { received };
        let again = own.initial_sequence == Some(segment.sequence);
        segment.begins && segment.acknowledged.is_none() && !again && (own.initial_sequence.is_some() || closed.is_some())
    }

    /// Bytes that are held for it.
    pub(crate) fn held(&self) -> usize {
        self.sides.iter().flat_map(|sides| sides.iter()).map(|side| side.heard.head.len() + side.stream.waiting()).sum()
    }

    fn direction(&mut self, by_initiator: bool) -> &mut Direction {
        if by_initiator { &mut self.flow.sent } else { &mut self.flow.received }
    }

    /// Counts a packet.
    pub(crate) fn count(&mut self, frame: &Frame<'_>, content: Content<'_>) {
        Span::add(&mut self.flow.time, frame.at);
        let direction = self.direction(content.by_initiator);
        direction.packets += 1;
        direction.frame_bytes += wide(frame.whole);
        direction.bytes += wide(content.whole);
        direction.cut += u64::from(content.bytes.len() < content.whole);
    }

    /// Takes a segment of TCP; a head takes `most` bytes. Whether the connection is over now.
    pub(crate) fn segment(&mut self, segment: Segment, content: Content<'_>, at: Option<u64>, most: usize, hits: &mut Hits<'_>) -> bool {
        let by_initiator = content.by_initiator;
        if segment.begins {
            self.direction(by_initiator).initial_sequence.get_or_insert(segment.sequence);
        }
        let Some([one, two]) = self.sides.as_deref_mut() else { return false };
        let (side, other) = if by_initiator { (one, two) } else { (two, one) };
        if let Some(number) = segment.acknowledged {
            other.stream.acknowledge(number);
        }
        let most = if self.settled { 0 } else { most };
        let mut sink = hits.sink();
        side.stream.push(segment, content.bytes, content.whole, &mut |piece| side.heard.take(piece, most, &mut sink));
        hits.add(sink, self.place, by_initiator, at);
        if let Some(ended) = self.ended.get_mut(usize::from(!by_initiator)) {
            *ended |= side.stream.is_over();
        }
        let closed = if self.ended == [true; 2] { Some(Closed::Finished) } else { segment.resets.then_some(Closed::Reset) };
        let is_over = self.flow.closed.is_none() && closed.is_some();
        self.flow.closed = self.flow.closed.or(closed);
        is_over
    }

    /// Takes a datagram of UDP.
    pub(crate) fn datagram(&mut self, content: Content<'_>, at: Option<u64>, hits: &mut Hits<'_>) -> Option<Protocol> {
        let Content { bytes, by_initiator, to_all, .. } = content;
        self.search(content, at, hits);
        let Flow { initiator, responder, protocol, .. } = &self.flow;
        let ports = [initiator.port.unwrap_or_default(), responder.port.unwrap_or_default()];
        let known = Some(*protocol).filter(|protocol| *protocol != Protocol::Unclassified);
        if content.whole == 0 {
            return None;
        }
        let read =
            recognise::datagram(&Datagram { bytes, ports, by_initiator, to_all, short_headers: self.flow.detail.is_dtls_13() }, known);
        let Some((protocol, detail)) = read.or_else(|| self.answered(known, content)) else {
            if self.question.is_none() && by_initiator && self.flow.strangers == 0 && bytes.len() <= QUESTION {
                self.question = Some(bytes.to_vec());
            }
            self.flow.strangers += 1;
            return None;
        };
        self.flow.protocol = protocol;
        self.flow.detail.add(detail);
        Some(protocol)
    }

    /// `CoAP` away from its port shows by a question with its answer.
    fn answered(&mut self, known: Option<Protocol>, content: Content<'_>) -> Option<(Protocol, Detail)> {
        let asked = self.question.as_ref().filter(|_| known.is_none() && !content.by_initiator)?;
        binary::coap_answers(asked, content.bytes).then_some(())?;
        self.flow.strangers = self.flow.strangers.saturating_sub(1);
        binary::coap(asked).map(|first| (Protocol::Coap, Detail::Coap(first)))
    }

    /// Takes a packet that is neither.
    pub(crate) fn other(&mut self, read: Option<(Protocol, Detail)>, content: Content<'_>, at: Option<u64>, hits: &mut Hits<'_>) {
        self.search(content, at, hits);
        match read {
            Some((protocol, detail)) if protocol != Protocol::Unclassified => {
                self.flow.protocol = protocol;
                self.flow.detail.add(detail);
            }
            _ => self.flow.strangers += 1,
        }
    }

    fn search(&self, content: Content<'_>, at: Option<u64>, hits: &mut Hits<'_>) {
        let mut sink = hits.sink();
        sink.alone(content.bytes);
        hits.add(sink, self.place, content.by_initiator, at);
    }

    /// Says what a TCP connection speaks, with what waits for missing bytes that will not come; the beginnings of both directions.
    pub(crate) fn settle(&mut self, most: usize, hits: &mut Hits<'_>) -> Option<[Vec<u8>; 2]> {
        let (settled, at) = (std::mem::replace(&mut self.settled, true), self.flow.time.map(|time| time.last));
        let sides = self.sides.as_deref_mut()?;
        let most = if settled { 0 } else { most };
        for (side, by_initiator) in sides.iter_mut().zip([true, false]) {
            let mut sink = hits.sink();
            side.stream.flush(&mut |piece| side.heard.take(piece, most, &mut sink));
            hits.add(sink, self.place, by_initiator, at);
        }
        let [one, two] = sides;
        for (direction, side) in [(&mut self.flow.sent, &*one), (&mut self.flow.received, &*two)] {
            (direction.gaps, direction.missing, direction.repeated) = (side.heard.gaps, side.heard.missing, side.stream.repeated);
        }
        if settled {
            self.amend();
            return None;
        }
        let heads = [one, two].map(|side| std::mem::take(&mut side.heard.head));
        self.recognise(&heads);
        // nothing new can come behind the end of both directions
        self.sides = self.sides.take().filter(|_| self.flow.closed != Some(Closed::Finished));
        Some(heads)
    }

    /// Adds what came after it was said what the connection speaks: behind a reset, or when too much was held.
    fn amend(&mut self) {
        let (flow, Some([one, two])) = (&mut self.flow, self.sides.as_deref()) else { return };
        let (one, two) = (&one.heard, &two.heard);
        flow.partly |= one.head_over || two.head_over;
        if let Detail::Tls(tls) = &mut flow.detail {
            flow.strangers = one.records.strange + two.records.strange;
            tls.sent_data |= one.records.data > 0;
            tls.received_data |= two.records.data > 0;
        }
        if flow.protocol == Protocol::Empty && flow.sent.bytes + flow.received.bytes > 0 {
            flow.protocol = Protocol::Unclassified;
        }
    }

    fn recognise(&mut self, [sent, received]: &[Vec<u8>; 2]) {
        let (flow, Some([one, two])) = (&mut self.flow, self.sides.as_deref()) else { return };
        let ports = [flow.initiator.port.unwrap_or_default(), flow.responder.port.unwrap_or_default()];
        let (records, start_seen) = ([&one.heard.records, &two.heard.records], flow.start_seen);
        let silent = flow.sent.bytes + flow.received.bytes + flow.sent.missing + flow.received.missing == 0;
        (flow.protocol, flow.detail, flow.strangers) = if silent {
            (Protocol::Empty, Detail::None, 0)
        } else {
            recognise::stream(&recognise::Stream { sent, received, records, ports, start_seen })
        };
        flow.partly = one.heard.head_over || two.heard.head_over;
    }
}

fn wide(length: usize) -> u64 {
    length.try_into().unwrap_or(u64::MAX)
}
