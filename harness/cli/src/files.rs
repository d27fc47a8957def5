//! Files that the user names: read within bounds, written only where nothing is yet.

use std::io::{Read as _, Write as _};
use std::path::Path;

use assay_model::form::MAX_BYTES;

use crate::failure::Failure;

/// The text of a file that a person wrote.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::usage(match error.kind() {
            std::io::ErrorKind::NotFound => format!("{}: there is no such file", path.display()),
            _ => format!("{}: {error}", path.display()),
        })
    };
    let bad = |what: String| Failure::usage(format!("{}: {what}", path.display()));
    let (about, mut bytes) = (std::fs::metadata(path).map_err(cannot)?, Vec::new());
    if about.is_dir() {
        return Err(bad("this is a folder: name the file in it".to_owned()));
    }
    std::fs::File::open(path).and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)).map_err(cannot)?;
    if bytes.len() > MAX_BYTES {
        return Err(bad(format!("longer than the {MAX_BYTES} bytes that such a file may have")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].split(|byte| *byte == b'\n').count();
        bad(format!("not UTF-8 text: line {line} has a byte that does not belong; save the file as UTF-8"))
    })
}

/// Writes a file that is not there yet.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::usage(format!("{}: {error}", path.display()));
    std::fs::File::create_new(path).map_err(failed)?.write_all(text.as_bytes()).map_err(failed)
}
