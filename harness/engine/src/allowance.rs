//! How much evidence is kept, so that a product that never stops talking does not fill the disk.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::ruling::Stop;

/// Bytes of evidence that one test records.
pub(crate) const OF_TEST: u64 = 64 << 20;
/// Bytes of evidence that one run keeps; a seal takes a folder of twice that.
pub(crate) const OF_RUN: u64 = 8 << 30;

/// Bytes that may still be kept.
#[derive(Debug)]
pub(crate) struct Allowance(AtomicU64);

impl Allowance {
    pub(crate) fn new(bytes: u64) -> Self {
        Self(AtomicU64::new(bytes))
    }

    /// Takes so many bytes out of it, or none.
    ///
    /// # Errors
    /// [`Stop::Inconclusive`] when fewer are left: what is not kept cannot be ruled on.
    pub(crate) fn take(&self, bytes: usize, whose: &str) -> Result<(), Stop> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let taken = self.0.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(bytes));
        taken.map(|_before| ()).map_err(|left| {
            let what = "look in the evidence for what the product keeps sending, or give its components runs of their own (--component)";
            Stop::Inconclusive(format!("{whose} has room for {left} more bytes of evidence and was to keep {bytes}: {what}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_taken_and_one_byte_more_is_refused_with_a_reason() {
        let allowance = Allowance::new(10);
        assert_eq!(allowance.take(4, "this test"), Ok(()));
        let why = "this test has room for 6 more bytes of evidence and was to keep 7: ";
        assert!(matches!(allowance.take(7, "this test"), Err(Stop::Inconclusive(told)) if told.starts_with(why)));
        assert_eq!(allowance.take(6, "this test"), Ok(()), "what is refused takes nothing away");
        assert!(allowance.take(usize::MAX, "this test").is_err());
    }
}
