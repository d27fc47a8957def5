//! Files of captured packets: pcap and pcapng, read as a stream.

mod pcap;
mod pcapng;
mod writer;

use std::io::{BufReader, ErrorKind, Read};

use serde::Serialize;

use crate::Unreadable;
pub use writer::Writer;

/// The longest packet that is read, in bytes; the same as the most that tcpdump captures.
const LONGEST_PACKET: usize = 256 * 1024;

/// A format of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The format of libpcap (draft-ietf-opsawg-pcap).
    Pcap,
    /// Its successor in blocks (draft-ietf-opsawg-pcapng).
    Pcapng,
}

/// How a file ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// After a whole packet or block.
    Whole,
    /// In the middle of something, or with something that cannot be read; packets may be missing after it.
    Torn(String),
}

/// A packet as it lies in a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// Nanoseconds since 1970, if the file tells.
    pub(crate) at: Option<u64>,
    /// The link type, as numbered by tcpdump.org.
    pub(crate) link: u16,
    /// The length that it had on the wire.
    pub(crate) whole: usize,
    /// What was captured of it.
    pub(crate) bytes: &'a [u8],
}

/// What comes next in a file.
#[derive(Debug)]
pub(crate) enum Next<'a> {
    Frame(Frame<'a>),
    End(Ending),
}

/// The order of bytes in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Order {
    /// The number at a place; 0 where there is none.
    fn u32(self, bytes: &[u8], at: usize) -> u32 {
        let four = bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        if self == Self::Little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }
    }

    fn u16(self, bytes: &[u8], at: usize) -> u16 {
        let two = bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        if self == Self::Little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) }
    }

    fn size(self, bytes: &[u8], at: usize) -> usize {
        usize::try_from(self.u32(bytes, at)).unwrap_or(usize::MAX)
    }
}

/// Bytes of a file from the front.
#[derive(Debug)]
struct Input<R>(BufReader<R>);

impl<R: Read> Input<R> {
    /// Fills the buffer as far as the file goes.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Unreadable> {
        let mut have = 0;
        while let Some(room) = buffer.get_mut(have..).filter(|room| !room.is_empty()) {
            match self.0.read(room) {
                Ok(0) => break,
                Ok(count) => have += count,
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) => return Err(Unreadable::Io(why)),
            }
        }
        Ok(have)
    }

    /// Passes over so many bytes; whether they were all there.
    fn skip(&mut self, count: u64) -> Result<bool, Unreadable> {
        let skipped = std::io::copy(&mut self.0.by_ref().take(count), &mut std::io::sink()).map_err(Unreadable::Io)?;
        Ok(skipped == count)
    }
}

/// The packets of a file, one after the other.
#[derive(Debug)]
pub(crate) enum Frames<R> {
    Pcap(pcap::Reader<R>),
    Pcapng(pcapng::Reader<R>),
}

impl<R: Read> Frames<R> {
    /// Reads what the file begins with.
    pub(crate) fn open(source: R) -> Result<Self, Unreadable> {
        let mut input = Input(BufReader::with_capacity(64 * 1024, source));
        let mut magic = [0; 4];
        match input.fill(&mut magic)? {
            0 => Err(Unreadable::Empty),
            4 if magic == pcapng::SECTION => Ok(Self::Pcapng(pcapng::Reader::new(input))),
            _ => pcap::Reader::open(input, magic).map(Self::Pcap),
        }
    }

    pub(crate) const fn format(&self) -> Format {
        match self {
            Self::Pcap(_) => Format::Pcap,
            Self::Pcapng(_) => Format::Pcapng,
        }
    }

    pub(crate) fn next(&mut self) -> Result<Next<'_>, Unreadable> {
        match self {
            Self::Pcap(reader) => reader.next(),
            Self::Pcapng(reader) => reader.next(),
        }
    }
}

#[cfg(test)]
mod tests;
