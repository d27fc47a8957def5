//! Reading numbers and lengths from bytes, without ever running past their end.

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

    /// An unsigned number of so many bytes, four at most.
    pub(crate) fn number(&mut self, bytes: usize) -> Option<u32> {
        (bytes <= 4).then_some(())?;
        Some(self.take(bytes)?.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        u16::try_from(self.number(2)?).ok()
    }

    /// Bytes that are preceded by their count, itself a number of so many bytes.
    pub(crate) fn counted(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let count = usize::try_from(self.number(bytes)?).ok()?;
        self.take(count)
    }
}

/// The bytes, preceded by their count as a number of so many bytes.
pub(crate) fn counted(bytes: usize, content: &[u8]) -> Vec<u8> {
    let count = u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut all = count.get(4usize.saturating_sub(bytes)..).unwrap_or(&count).to_vec();
    all.extend_from_slice(content);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_kept() {
        let mut cursor = Cursor::new(&[0, 2, 7, 8, 9]);
        assert_eq!(cursor.counted(2), Some([7, 8].as_slice()));
        assert_eq!((cursor.u16(), cursor.u8(), cursor.u8(), cursor.number(5)), (None, Some(9), None, None));
        assert_eq!(counted(3, b"ab"), [0, 0, 2, b'a', b'b']);
    }
}
