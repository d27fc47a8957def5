//! The files of a folder and their hashes; anything that is no plain file with a plain name is refused.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;

use assay_model::evidence::hex;
use aws_lc_rs::digest::{Context, SHA256};

use crate::bundle::SEAL;
use crate::error::Error;
use crate::flaw::Flaw;
use crate::statement::{Digest, Subject};

/// The most files of a bundle.
const MAX_FILES: usize = 100_000;
/// The most bytes of a bundle.
const MAX_BYTES: u64 = 16 << 30;
/// How deep folders may lie in each other.
const MAX_DEPTH: usize = 8;
/// The longest name of a file, in bytes.
const LONGEST_NAME: usize = 128;

/// Every file below the folder except its seal, in the order of the names.
pub(crate) fn subjects(folder: &Path) -> Result<Vec<Subject>, Flaw> {
    let mut names = Vec::new();
    collect(folder, "", 0, &mut names)?;
    names.sort();
    let mut left = MAX_BYTES;
    names.into_iter().map(|name| Ok(Subject { digest: digest(folder, &name, &mut left)?, name })).collect()
}

fn collect(folder: &Path, below: &str, depth: usize, names: &mut Vec<String>) -> Result<(), Flaw> {
    let here = |error: &std::io::Error| Flaw::unreadable(if below.is_empty() { "the folder" } else { below }, error);
    for entry in fs::read_dir(folder.join(below)).map_err(|error| here(&error))? {
        let entry = entry.map_err(|error| here(&error))?;
        let name = plain(below, &entry.file_name().to_string_lossy())?;
        let kind = entry.file_type().map_err(|error| Flaw::unreadable(&name, &error))?;
        if kind.is_dir() && depth < MAX_DEPTH {
            collect(folder, &name, depth + 1, names)?;
        } else if kind.is_dir() {
            return Err(Flaw::TooMuch(format!("{MAX_DEPTH} folders within each other")));
        } else if !kind.is_file() {
            return Err(Flaw::Odd { file: name, what: "is a link or a device: only plain files are sealed".to_owned() });
        } else if name != SEAL {
            names.push(name);
        }
        if names.len() > MAX_FILES {
            return Err(Flaw::TooMuch(format!("{MAX_FILES} files")));
        }
    }
    Ok(())
}

/// The path of an entry, if its name can stand in a seal and be read the same everywhere.
fn plain(below: &str, name: &str) -> Result<String, Flaw> {
    let path = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if name.len() <= LONGEST_NAME && name.bytes().all(fits) && !name.starts_with(['.', '-']) {
        return Ok(path);
    }
    let what = format!("has a name that is not sealed: letters, digits, `_`, `-` and `.` (not in front), at most {LONGEST_NAME} of them");
    Err(Flaw::Odd { file: path.escape_debug().to_string(), what })
}

fn digest(folder: &Path, name: &str, left: &mut u64) -> Result<Digest, Flaw> {
    let failed = |error: std::io::Error| Flaw::unreadable(name, &error);
    let mut file = File::open(folder.join(name)).map_err(failed)?;
    let (mut context, mut chunk) = (Context::new(&SHA256), vec![0; 64 * 1024]);
    loop {
        let length = file.read(&mut chunk).map_err(failed)?;
        let Some(bytes) = chunk.get(..length).filter(|bytes| !bytes.is_empty()) else {
            return Ok(Digest { sha256: hex(context.finish().as_ref()) });
        };
        *left = left.checked_sub(length as u64).ok_or_else(|| Flaw::TooMuch(format!("{} GiB", MAX_BYTES >> 30)))?;
        context.update(bytes);
    }
}

/// Reads a plain file of at most `limit` bytes.
pub(crate) fn read(folder: &Path, name: &str, limit: u64) -> Result<Vec<u8>, Flaw> {
    let failed = |error: std::io::Error| Flaw::unreadable(name, &error);
    let path = folder.join(name);
    let about = fs::symlink_metadata(&path).map_err(failed)?;
    if !about.is_file() {
        return Err(Flaw::Odd { file: name.to_owned(), what: "is no plain file".to_owned() });
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(Flaw::Odd { file: name.to_owned(), what: format!("is longer than the {limit} bytes that are read of it") });
    }
    Ok(bytes)
}

/// Writes the seal so that it is there whole or not at all; one that is there is replaced only if `again`.
pub(crate) fn write_seal(folder: &Path, text: &str, again: bool) -> Result<(), Error> {
    let path = folder.join(SEAL);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(Error::file(folder))?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_data()).map_err(Error::file(&path))?;
    let kept = if again { file.persist(&path) } else { file.persist_noclobber(&path) };
    kept.map(|_| ()).map_err(|error| Error::file(&path)(error.error))
}
