//! The journal: one event a line, each with the hash of the one before, each synced.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use assay_model::event::{Event, Line, hash_of_line, no_line_before};

use crate::error::Error;

/// A journal that is being written.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    last: String,
}

impl Journal {
    /// Begins the journal of a new run. Like everything else in its folder, it is for the one who runs it alone to read.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let file = OpenOptions::new().create_new(true).append(true).mode(0o600).open(path).map_err(Error::file(path))?;
        lock(&file, path)?;
        Ok(Self { path: path.to_owned(), file, last: no_line_before() })
    }

    /// Goes on with the journal of an interrupted run: a last line that was torn is cut off.
    pub(crate) fn reopen(path: &Path) -> Result<(Self, Vec<Line>), Error> {
        let file = OpenOptions::new().append(true).open(path).map_err(Error::file(path))?;
        lock(&file, path)?;
        let (before, whole, last) = lines(path)?;
        file.set_len(whole).map_err(Error::file(path))?;
        Ok((Self { path: path.to_owned(), file, last }, before))
    }

    /// Writes one event.
    pub(crate) fn write(&mut self, event: &Event) -> Result<(), Error> {
        let line = Line { before: self.last.clone(), at: crate::clock::now_text(), event: event.clone() };
        let mut text = serde_json::to_string(&line).map_err(|error| Error::content(&self.path, error.to_string()))?;
        self.last = hash_of_line(&text);
        text.push('\n');
        self.file.write_all(text.as_bytes()).map_err(Error::file(&self.path))?;
        self.file.sync_data().map_err(Error::file(&self.path))
    }
}

/// Reads all events of a journal with their times, holding each line against the hash in the next.
pub(crate) fn read(path: &Path) -> Result<Vec<Line>, Error> {
    Ok(lines(path)?.0)
}

/// Reads the first event of a journal, whatever became of the lines after it.
pub(crate) fn first(path: &Path) -> Option<Event> {
    let text = fs::read(path).ok()?;
    let line = text.split(|byte| *byte == b'\n').next()?;
    serde_json::from_slice::<Line>(line).ok().map(|line| line.event)
}

/// Keeps other programs from writing into the journal; the system lets go of it when this program ends, however it does.
fn lock(file: &File, path: &Path) -> Result<(), Error> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(Error::Setting(format!("{}: another assay is writing here: let it end", path.display()))),
        Err(TryLockError::Error(source)) => Err(Error::File { path: path.to_owned(), source }),
        Ok(()) => Ok(()),
    }
}

fn lines(path: &Path) -> Result<(Vec<Line>, u64, String), Error> {
    let text = fs::read(path).map_err(Error::file(path))?;
    let (mut read, mut whole, mut last) = (Vec::new(), 0, no_line_before());
    for (index, raw) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if !raw.ends_with(b"\n") {
            break; // torn by a power cut or a kill: it was never finished, so nothing finished is lost
        }
        let number = index + 1;
        let line: Line = serde_json::from_slice(raw)
            .map_err(|error| Error::content(path, format!("line {number} is damaged: {error}; the run cannot be trusted, start anew")))?;
        if line.before != last {
            return Err(Error::content(
                path,
                format!("line {number} does not follow the one before; the run cannot be trusted, start anew"),
            ));
        }
        last = hash_of_line(&String::from_utf8_lossy(raw));
        whole += raw.len() as u64;
        read.push(line);
    }
    Ok((read, whole, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stopped(because: &str) -> Event {
        Event::Stopped { because: because.to_owned() }
    }

    fn three_lines(folder: &tempfile::TempDir) -> PathBuf {
        let path = folder.path().join("journal.jsonl");
        let mut journal = Journal::create(&path).expect("a new journal");
        for word in ["one", "two", "three"] {
            journal.write(&stopped(word)).expect("a line");
        }
        path
    }

    #[test]
    fn a_journal_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let mode = fs::metadata(three_lines(&folder)).expect("a journal").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_torn_last_line_is_cut_off_and_the_chain_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = three_lines(&folder);
        let bytes = fs::read(&path).expect("a journal");
        fs::write(&path, &bytes[..bytes.len() - 9]).expect("a torn journal");
        let (mut journal, before) = Journal::reopen(&path).expect("a journal that goes on");
        assert_eq!(before.into_iter().map(|line| line.event).collect::<Vec<_>>(), [stopped("one"), stopped("two")]);
        assert!(Journal::reopen(&path).expect_err("a second writer").to_string().contains("another assay"));
        journal.write(&stopped("again")).expect("a line");
        assert_eq!(read(&path).expect("a whole journal").len(), 3);
    }

    #[test]
    fn a_changed_or_missing_line_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = three_lines(&folder);
        let text = fs::read_to_string(&path).expect("a journal");
        fs::write(&path, text.replace("two", "2wo")).expect("a changed journal");
        assert!(read(&path).expect_err("a changed line").to_string().contains("line 3"));
        let kept: Vec<_> = text.lines().enumerate().filter(|(index, _)| *index != 1).map(|(_, line)| format!("{line}\n")).collect();
        fs::write(&path, kept.concat()).expect("a journal without its second line");
        assert!(read(&path).expect_err("a missing line").to_string().contains("line 2"));
    }
}
