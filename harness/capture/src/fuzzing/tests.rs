//! Every reader takes random and changed bytes without panic. `ASSAY_INPUTS` sets how many inputs each reader gets.

use std::path::PathBuf;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::READERS;

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(name);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

/// A seed after some changes: bytes set, a piece taken out, the rest cut off or put behind itself.
fn changed(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let edges = prop_oneof![any::<u8>(), Just(0), Just(1), Just(0x7f), Just(0xff)];
    let sets = vec((any::<prop::sample::Index>(), edges), 0..6);
    let pieces = (any::<prop::sample::Index>(), 0..32_usize, 0..8_u8);
    (prop::sample::select(seeds), sets, pieces).prop_map(|(mut bytes, sets, (at, length, kind))| {
        for (place, value) in sets.iter().filter(|_| !bytes.is_empty()).collect::<Vec<_>>() {
            let place = place.index(bytes.len());
            bytes[place] = *value;
        }
        let at = at.index(bytes.len() + 1);
        match kind {
            0 => bytes.truncate(at),
            1 => bytes.drain(at..(at + length).min(bytes.len())).for_each(drop),
            2 => bytes.extend_from_within(at..),
            _ => {}
        }
        bytes
    })
}

#[test]
fn every_reader_takes_any_bytes() {
    let cases: u32 = std::env::var("ASSAY_INPUTS").map_or(1000, |text| text.parse().unwrap());
    for (name, read) in READERS {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seed");
        for seed in &seeds {
            read(seed);
        }
        let any = prop_oneof![1 => vec(any::<u8>(), 0..400), 7 => changed(seeds)];
        let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&any, |bytes| {
            read(&bytes);
            Ok(())
        });
        outcome.unwrap_or_else(|why| panic!("{name}: {why}"));
    }
}
