//! Reading numbers and lengths from bytes, without ever running past their end. The most significant byte comes first.

/// Bytes that are read from the front.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What has not been read.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// A length of so many bytes, three at most.
    pub(crate) fn length(&mut self, bytes: usize) -> Option<usize> {
        (bytes <= 3).then_some(())?;
        Some(self.take(bytes)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    }

    /// Bytes that are preceded by their count, itself a number of so many bytes.
    pub(crate) fn counted(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let count = self.length(bytes)?;
        self.take(count)
    }
}

/// Pairs of bytes as numbers; a last odd byte is dropped.
pub(crate) fn pairs(bytes: &[u8]) -> Vec<u16> {
    bytes.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect()
}

/// Text of so many characters at most, control characters dropped.
pub(crate) fn clean(bytes: &[u8], longest: usize) -> String {
    String::from_utf8_lossy(bytes).chars().filter(|letter| !letter.is_control()).take(longest).collect()
}

/// Bytes as hexadecimal digits, of the first `most` bytes.
pub(crate) fn hex(bytes: &[u8], most: usize) -> String {
    use std::fmt::Write;
    bytes.iter().take(most).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_kept() {
        let mut cursor = Cursor::new(&[0, 2, 7, 8, 9]);
        assert_eq!(cursor.counted(2), Some([7, 8].as_slice()));
        assert_eq!((cursor.u16(), cursor.u8(), cursor.u8(), cursor.length(4)), (None, Some(9), None, None));
        assert_eq!((pairs(&[1, 2, 3]), clean(b"a\nb\xffc", 3), hex(&[1, 0xab, 3], 2)), (vec![0x102], "ab\u{fffd}".into(), "01ab".into()));
    }
}
