//! Drives readers with random and mutated bytes: none may panic, take long, or take much memory.
//!
//! The tests named `fuzzing` of several crates take this file in. `ASSAY_INPUTS` sets how many inputs each reader gets (2,000 if
//! not set); `ASSAY_READER` picks one reader.

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// A reader of bytes.
type Reader = fn(&[u8]);

/// The longest that a reader may work on one input.
const LONGEST: Duration = Duration::from_secs(1);
/// The most memory that the whole run may take at any time, in KiB.
const MOST_MEMORY: u64 = 512 * 1024;
/// The lengths at which the growth of time is measured, in bytes.
const SHORT: usize = 16 * 1024;
const LONG: usize = 64 * 1024;
/// How many times longer the long input may take, which has four times the length, and from which time on that counts.
const MOST_GROWTH: u32 = 8;
const COUNTS: Duration = Duration::from_millis(200);
/// What makes the readers of text look ahead.
const PIECES: [&[u8]; 21] = [
    b"&",
    b"<",
    b"<a ",
    b"<!--",
    b"</",
    b"\"",
    b"'",
    b"=",
    b",",
    b";",
    b"\\",
    b"[",
    b"{",
    b"\n",
    b" ",
    b"<a b=\"&",
    b"a=\"",
    b"\x1b[",
    b"[null,-1],",
    b"{\"a\":",
    b"[[a]]\na=\"\"\n",
];
/// Numbers at which lengths and counts tend to break.
const EDGES: [u8; 8] = [0, 1, 0x7f, 0x80, 0xff, 0xfe, b'\n', b'"'];

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    fn bytes(&mut self, longest: usize) -> Vec<u8> {
        (0..self.below(longest)).map(|_| self.byte()).collect()
    }
}

/// One input: random bytes, or a seed after up to eight changes.
fn input(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    if seeds.is_empty() || dice.below(8) == 0 {
        return dice.bytes(300);
    }
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(8) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(9) {
            0 => bytes.truncate(at),
            1 => bytes.splice(at..at, dice.bytes(16)).for_each(drop),
            2 => bytes.drain(at..(at + dice.below(16)).min(bytes.len())).for_each(drop),
            3 => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len() + 1);
                bytes.splice(at.., other[from..].iter().copied()).for_each(drop);
            }
            4 => {
                let again = bytes[at..(at + dice.below(64)).min(bytes.len())].to_vec();
                bytes.splice(at..at, again.repeat(1 + dice.below(20))).for_each(drop);
            }
            5 => bytes.splice(at..at, PIECES[dice.below(PIECES.len())].iter().copied()).for_each(drop),
            kind => {
                let new = if kind == 6 { EDGES[dice.below(EDGES.len())] } else { dice.byte() };
                if let Some(old) = bytes.get_mut(at) {
                    *old = if kind == 7 { *old ^ (1 << dice.below(8)) } else { new };
                }
            }
        }
    }
    bytes
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(name);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// The most memory that this process has had, in KiB; 0 where the system does not tell.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// The readers that are picked.
fn picked(readers: &'static [(&'static str, Reader)]) -> impl Iterator<Item = (&'static str, Reader)> {
    let only = std::env::var("ASSAY_READER").ok();
    readers.iter().copied().filter(move |(name, _)| only.as_deref().is_none_or(|only| only == *name))
}

/// Every reader takes its seeds, and what becomes of them.
#[expect(clippy::disallowed_methods, reason = "each input is timed")]
pub(super) fn any_bytes(readers: &'static [(&'static str, Reader)]) {
    let count: usize = std::env::var("ASSAY_INPUTS").map_or(2_000, |text| text.parse().unwrap());
    for (name, read) in picked(readers) {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seed");
        for seed in &seeds {
            read(seed);
        }
        let (mut dice, began, mut slowest) = (Dice(7), Instant::now(), Duration::ZERO);
        for _ in 0..count {
            let bytes = input(&mut dice, &seeds);
            let start = Instant::now();
            let outcome = std::panic::catch_unwind(|| read(&bytes));
            let mut took = start.elapsed();
            assert!(outcome.is_ok(), "{name} panics on {}", bytes.escape_ascii());
            if took > COUNTS {
                // the machine may have been busy with other things
                took = time(read, &bytes);
            }
            slowest = slowest.max(took);
            assert!(slowest < LONGEST, "{name} takes {slowest:?} for {}", bytes.escape_ascii());
        }
        eprintln!("{name}: {count} inputs in {:?}, the slowest {slowest:?}, memory {} KiB", began.elapsed(), memory());
    }
    assert!(memory() < MOST_MEMORY, "the readers took {} KiB", memory());
}

/// The time that this thread has been at work: what others do on the machine does not count, where the system tells.
#[expect(clippy::disallowed_methods, reason = "readers are timed where the system does not tell how long they worked")]
fn worked() -> Duration {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let status = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let told = status.split_whitespace().next().and_then(|text| text.parse().ok()).map(Duration::from_nanos);
    told.unwrap_or_else(|| BEGAN.elapsed())
}

/// How long a reader works on the first bytes of a seed, followed by a piece again and again up to this length.
fn work(read: Reader, head: &[u8], piece: &[u8], length: usize) -> Duration {
    time(read, &head.iter().chain(piece.iter().cycle()).take(length).copied().collect::<Vec<_>>())
}

/// How long a reader works on these bytes.
pub(super) fn time(read: Reader, bytes: &[u8]) -> Duration {
    let start = worked();
    read(bytes);
    worked().saturating_sub(start)
}

/// No reader takes much more than four times as long for four times as much.
pub(super) fn growth(readers: &'static [(&'static str, Reader)]) {
    for (name, read) in picked(readers) {
        let (mut dice, mut slowest) = (Dice(11), Duration::ZERO);
        for seed in seeds(name) {
            let random = |dice: &mut Dice| seed.iter().skip(dice.below(seed.len())).take(1 + dice.below(40)).copied().collect::<Vec<_>>();
            let drawn: Vec<_> = (0..8).map(|_| random(&mut dice)).collect();
            for piece in PIECES.into_iter().chain(drawn.iter().map(Vec::as_slice)) {
                let head = seed.get(..dice.below(seed.len() + 1)).unwrap_or_default();
                let long = work(read, head, piece, LONG);
                slowest = slowest.max(long);
                if long > COUNTS {
                    let short = work(read, head, piece, SHORT);
                    let what = format!("{name}: {short:?}, and {long:?} for four times as much of {}", piece.escape_ascii());
                    assert!(long < short * MOST_GROWTH, "{what} after {}", head.escape_ascii());
                }
            }
        }
        eprintln!("{name}: {LONG} bytes in {slowest:?} at most");
    }
}
