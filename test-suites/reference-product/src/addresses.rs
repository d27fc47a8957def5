//! The loopback addresses that one product uses.

use std::{
    net::{Ipv4Addr, UdpSocket},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

/// How many blocks [`Addresses::loopback`] knows: 127.100.0 to 127.249.255.
const BLOCKS: u32 = 150 * 256;
/// A UDP port that no component uses; binding it marks a block as taken.
const MARK: u16 = 40_404;
/// How many marks one process keeps.
const KEPT: usize = 128;

static NEXT: AtomicU32 = AtomicU32::new(0);
static MARKS: Mutex<Vec<UdpSocket>> = Mutex::new(Vec::new());

/// Where the parts of the product are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// The device.
    pub device: Ipv4Addr,
    /// The second sample of the device.
    pub second_device: Ipv4Addr,
    /// The hub.
    pub hub: Ipv4Addr,
    /// The backend.
    pub backend: Ipv4Addr,
    /// Where the device sends its log.
    pub collector: Ipv4Addr,
}

impl Default for Addresses {
    fn default() -> Self {
        Self::block([127, 77, 0])
    }
}

impl Addresses {
    /// The addresses `a.b.c.1` (device), `.2` (hub), `.3` (backend), `.4` (second device) and `.9` (collector).
    pub fn block([a, b, c]: [u8; 3]) -> Self {
        let at = |last| Ipv4Addr::new(a, b, c, last);
        Self { device: at(1), second_device: at(4), hub: at(2), backend: at(3), collector: at(9) }
    }

    /// Block `n` of the 38 400 in 127.100.0 to 127.249.255; greater numbers start over.
    pub fn loopback(n: u32) -> Self {
        let n = n % BLOCKS;
        let [_, _, high, low] = n.to_be_bytes();
        Self::block([127, high.saturating_add(100), low])
    }

    /// A block that neither this process nor another one on this machine has claimed.
    pub fn claim() -> Self {
        let start = std::process::id().wrapping_mul(7919);
        for _ in 0..BLOCKS {
            let n = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
            let addresses = Self::loopback(n);
            if let Ok(mark) = UdpSocket::bind((addresses.collector, MARK)) {
                let mut marks = MARKS.lock().unwrap_or_else(PoisonError::into_inner);
                if marks.len() >= KEPT {
                    marks.remove(0);
                }
                marks.push(mark);
                return addresses;
            }
        }
        Self::loopback(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stay_on_loopback_and_differ() {
        assert_eq!(Addresses::loopback(0).device, Ipv4Addr::new(127, 100, 0, 1));
        assert_eq!(Addresses::loopback(BLOCKS - 1).collector, Ipv4Addr::new(127, 249, 255, 9));
        assert_eq!(Addresses::loopback(BLOCKS), Addresses::loopback(0));
        assert_ne!(Addresses::claim(), Addresses::claim());
    }
}
