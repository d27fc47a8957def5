//! Every reader takes any bytes; `fuzz/src/drive.rs` tells how.

#[path = "../../../../fuzz/src/drive.rs"]
mod drive;

use super::READERS;

#[test]
fn every_reader_takes_any_bytes() {
    drive::any_bytes(READERS);
}

#[test]
fn no_reader_grows_faster_than_its_input() {
    drive::growth(READERS);
}
