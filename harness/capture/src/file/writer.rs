//! Writes pcapng: a section, its interfaces, and packets with times in nanoseconds.

use std::io::{Error, ErrorKind, Result, Write};

/// A file that is being written.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    interfaces: u32,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// What writing meets.
    pub fn new(out: W) -> Result<Self> {
        let mut writer = Self { out, interfaces: 0 };
        // version 1.0, of a length that is not told
        let body = [&0x1a2b_3c4d_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat();
        writer.block(0x0a0d_0d0a, &body)?;
        Ok(writer)
    }

    /// Adds an interface with its link type (as numbered by tcpdump.org) and the most bytes captured of a packet (0 for no
    /// limit); its number.
    ///
    /// # Errors
    /// What writing meets.
    pub fn interface(&mut self, link: u16, longest: u32) -> Result<u32> {
        // option 9: times are in nanoseconds; option 0 ends the list
        let options = [9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0];
        self.block(1, &[&link.to_le_bytes()[..], &[0, 0], &longest.to_le_bytes(), &options].concat())?;
        self.interfaces += 1;
        Ok(self.interfaces - 1)
    }

    /// Adds a packet: nanoseconds since 1970, what was captured, and the length that it had on the wire.
    ///
    /// # Errors
    /// What writing meets; an interface that was not added, or a packet longer than the format can tell.
    pub fn packet(&mut self, interface: u32, at: u64, bytes: &[u8], whole: usize) -> Result<()> {
        let number = |length: usize| u32::try_from(length).map_err(|why| Error::new(ErrorKind::InvalidInput, why));
        if interface >= self.interfaces {
            return Err(Error::new(ErrorKind::InvalidInput, "add the interface before its packets"));
        }
        let (high, low) = ((at >> 32).to_le_bytes(), at.to_le_bytes());
        let (high, low) = (high.get(..4).unwrap_or_default(), low.get(..4).unwrap_or_default());
        let lengths = [number(bytes.len())?.to_le_bytes(), number(whole.max(bytes.len()))?.to_le_bytes()].concat();
        let padding = vec![0; bytes.len().next_multiple_of(4) - bytes.len()];
        self.block(6, &[&interface.to_le_bytes()[..], high, low, &lengths, bytes, &padding].concat())
    }

    /// Writes what is still held and gives back what was written to.
    ///
    /// # Errors
    /// What writing meets.
    pub fn finish(mut self) -> Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn block(&mut self, kind: u32, body: &[u8]) -> Result<()> {
        let length = u32::try_from(body.len() + 12).map_err(|why| Error::new(ErrorKind::InvalidInput, why))?.to_le_bytes();
        self.out.write_all(&[&kind.to_le_bytes()[..], &length, body, &length].concat())
    }
}
