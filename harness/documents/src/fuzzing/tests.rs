//! Every reader takes its seeds, cut and altered everywhere, without panic and without taking long.
//!
//! `ASSAY_INPUTS` sets how many inputs each reader gets (1,000 if not set); `ASSAY_READER` picks one reader.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::READERS;

/// The longest that one input may take, on a machine that is busy with other things.
const LONGEST: Duration = Duration::from_secs(20);

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// A seed after up to six changes: bytes cut, repeated, or replaced.
fn input(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + dice.below(40)).min(bytes.len());
        match dice.below(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let again = bytes[at..end].repeat(1 + dice.below(30));
                bytes.splice(at..at, again).for_each(drop);
            }
            3 => bytes.splice(at..end, *b"[null,-1]").for_each(drop),
            _ => {
                let new = [0, 0xff, 0x80, b'"', b'{', b'\n', 1, b'9'][dice.below(8)];
                bytes.get_mut(at).into_iter().for_each(|byte| *byte = new);
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

#[test]
#[expect(clippy::disallowed_methods, reason = "each input is timed")]
fn every_reader_takes_any_bytes() {
    let count: usize = std::env::var("ASSAY_INPUTS").map_or(1_000, |text| text.parse().unwrap());
    let only = std::env::var("ASSAY_READER").ok();
    for (name, read) in READERS.iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name)) {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seed");
        for seed in &seeds {
            read(seed);
        }
        let (mut dice, mut slowest) = (Dice(7), Duration::ZERO);
        for _ in 0..count {
            let bytes = input(&mut dice, &seeds);
            let start = Instant::now();
            let outcome = std::panic::catch_unwind(|| read(&bytes));
            slowest = slowest.max(start.elapsed());
            assert!(outcome.is_ok(), "{name} panics on {}", bytes.escape_ascii());
            assert!(slowest < LONGEST, "{name} takes {slowest:?} for {}", bytes.escape_ascii());
        }
        eprintln!("{name}: {count} inputs, the slowest {slowest:?}");
    }
}
