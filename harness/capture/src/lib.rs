//! Captured traffic, read into facts: who spoke with whom, when, what each flow speaks, for which name, and where a canary is in
//! clear. No network, no clock, no judgement.
//!
//! A file is read as a stream and may be longer than memory. All that is kept is bounded ([`Limits`]), and the facts say which
//! bound was met ([`Capture::met`]), so that a caller does not take what is missing for what is not there. In the same way
//! [`Protocol::Unclassified`] says nothing good of a flow, and packets that are cut, undecoded, missing or not put together are
//! counted.

mod cursor;
mod facts;
mod file;
mod fragments;
mod ip;
mod link;
mod live;
mod names;
mod recognise;
mod records;
mod search;
mod stream;
mod table;

#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
#[cfg(test)]
mod testing;

use std::io::Read;
use std::net::IpAddr;

pub use facts::{Bound, Capture, Closed, Contact, Direction, End, Flow, Packets, Reach, Span, Traffic, Transport};
pub use file::{Ending, Format, Writer};
pub use link::{Mac, NotMac};
pub use names::Name;
pub use recognise::{
    ClientHello, Coap, Detail, Dhcp, Greeted, Http, Lldp, Mqtt, Ntp, Protocol, Request, ServerHello, Service, Snmp, Ssh, Step, Tls, Upgrade,
};
pub use records::{Lease, Query, Spread};
pub use search::{Form, Hit, Search};

/// A value that must not be seen in clear, with a name that is told in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canary {
    /// Its name.
    pub id: String,
    /// Its bytes, 6 to 256; others are not searched for, which [`Capture::unsearched`] tells.
    pub bytes: Vec<u8>,
}

/// A component of the product, by its addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Its hardware addresses. All that is sent from or to one counts for the component unless its address is another
    /// component's: leave them out for a router.
    pub macs: Vec<Mac>,
}

/// What the caller wants to know of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interest {
    /// Values to search for.
    pub canaries: Vec<Canary>,
    /// The components of the product.
    pub components: Vec<Component>,
}

/// Bounds on what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Flows.
    pub flows: usize,
    /// Bytes kept of the beginning of each direction of a stream, to recognise it.
    pub head: usize,
    /// Bytes held at once, of all beginnings and of segments that came too early.
    pub held: usize,
    /// Names, questions to name servers, messages of DHCP: so many of each.
    pub records: usize,
    /// Hits.
    pub hits: usize,
}

/// Own choice: about 400 MB of memory at most, and more flows than a home network has in a day.
impl Default for Limits {
    fn default() -> Self {
        Self { flows: 65_536, head: 64 * 1024, held: 128 * 1024 * 1024, records: 65_536, hits: 4096 }
    }
}

/// Why nothing is told of a file.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It has no bytes.
    #[error("the file is empty: capture again")]
    Empty,
    /// It is neither pcap nor pcapng.
    #[error("the file is neither pcap nor pcapng: give one that tcpdump or Wireshark wrote, not compressed")]
    Foreign,
    /// Reading it met an error.
    #[error("reading the file: {0}")]
    Io(#[source] std::io::Error),
    /// The canaries cannot be searched for together.
    #[error("searching for canaries: {0}")]
    Canaries(String),
}

/// Reads a file of captured packets to its end.
///
/// # Errors
/// [`Unreadable`], when nothing can be told. A file that ends in the middle is no error: [`Capture::ending`] tells.
pub fn read(source: impl Read, interest: &Interest, limits: &Limits) -> Result<Capture, Unreadable> {
    let mut frames = file::Frames::open(source)?;
    let format = frames.format();
    let mut table = table::Table::new(interest, limits, format)?;
    loop {
        match frames.next()? {
            file::Next::Frame(frame) => table.take(&frame),
            file::Next::End(ending) => return Ok(table.finish(ending)),
        }
    }
}
