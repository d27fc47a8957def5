//! A run on disk: `plan.json`, `journal.jsonl`, `evidence/`, `run.json`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use assay_model::event::Event;
use assay_model::evidence::EvidenceId;
use assay_model::plan::Plan;
use assay_model::run::Run;

use crate::error::Error;
use crate::journal;

/// The folder of one run.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

/// What has this file in its folder is under seal, and stays as it is.
const SEAL: &str = "seal.json";

impl Folder {
    /// Makes the folder of a new run below `parent`, named after the time and the product.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be made.
    pub fn create(parent: &Path, product: &str) -> Result<Self, Error> {
        let stamp: String = crate::clock::now_text().chars().take(19).filter(char::is_ascii_alphanumeric).collect();
        let slug: String = product.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).take(40).collect();
        for attempt in 0..1000 {
            let suffix = if attempt == 0 { String::new() } else { format!("-{attempt}") };
            let path = parent.join(format!("{stamp}-{slug}{suffix}"));
            if !path.exists() {
                fs::create_dir_all(path.join("evidence")).map_err(Error::file(&path))?;
                return Ok(Self { path });
            }
        }
        Err(Error::Setting(format!("{}: no free name for a run; choose another folder with --out", parent.display())))
    }

    /// Opens the folder of an earlier run.
    ///
    /// # Errors
    /// [`Error::Content`] when it does not hold a run.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let folder = Self { path: path.to_owned() };
        if folder.plan_path().is_file() && folder.journal_path().is_file() {
            Ok(folder)
        } else {
            Err(Error::content(path, "not the folder of a run: it has no plan.json and journal.jsonl"))
        }
    }

    /// A folder for reports alone; it is made if it is not there.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be made.
    pub fn of_reports(path: &Path) -> Result<Self, Error> {
        fs::create_dir_all(path).map_err(Error::file(path))?;
        Ok(Self { path: path.to_owned() })
    }

    /// Whether it may be written to.
    ///
    /// # Errors
    /// [`Error::Setting`] when it is under seal.
    fn unsealed(&self) -> Result<(), Error> {
        if !self.is_sealed() {
            return Ok(());
        }
        let what = "is sealed and stays as it is: write reports to another folder with --out DIR, or start a new run";
        Err(Error::Setting(format!("{}: {what}", self.path.display())))
    }

    /// Whether it or a folder around it is under seal.
    fn is_sealed(&self) -> bool {
        self.path.ancestors().any(|folder| fs::symlink_metadata(folder.join(SEAL)).is_ok())
    }

    /// The newest unfinished run of this profile below `parent`.
    ///
    /// # Errors
    /// [`Error::Setting`] when there is none; [`Error::Content`] when its journal is damaged.
    pub fn unfinished(parent: &Path, profile_hash: &str) -> Result<Self, Error> {
        let mut folders: Vec<_> = fs::read_dir(parent).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        folders.sort_by_key(|path| std::cmp::Reverse(age_order(path)));
        let mut damaged = None;
        for folder in folders.iter().filter_map(|path| Self::open(path).ok()) {
            let ours = match journal::first(&folder.journal_path()) {
                Some(Event::Started { profile, .. }) => Some(profile == profile_hash),
                _ => None,
            };
            match journal::read(&folder.journal_path()) {
                Ok(_) if ours == Some(true) && !folder.is_finished() && !folder.is_sealed() => return Ok(folder),
                Err(error) if ours == Some(true) => return Err(error),
                Err(error) if ours.is_none() => damaged = damaged.or(Some(error)),
                _ => {}
            }
        }
        let none = || Error::Setting(format!("{}: no unfinished run of this profile; start one without --resume", parent.display()));
        Err(damaged.unwrap_or_else(none))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name of the run.
    pub fn id(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    pub(crate) fn plan_path(&self) -> PathBuf {
        self.path.join("plan.json")
    }

    pub(crate) fn journal_path(&self) -> PathBuf {
        self.path.join("journal.jsonl")
    }

    /// Keeps these bytes under the name of their hash.
    pub(crate) fn keep(&self, bytes: &[u8]) -> Result<EvidenceId, Error> {
        let id = EvidenceId::of(bytes);
        let path = self.evidence_path(&id);
        if !path.exists() {
            write_whole(&path, bytes)?;
        }
        Ok(id)
    }

    /// Bytes of all evidence that is there.
    pub(crate) fn evidence_bytes(&self) -> Result<u64, Error> {
        let path = self.path.join("evidence");
        let sizes = fs::read_dir(&path).map_err(Error::file(&path))?.map(|entry| entry?.metadata().map(|about| about.len()));
        sizes.sum::<std::io::Result<u64>>().map_err(Error::file(&path))
    }

    /// Reads a piece of evidence back, and holds it against its name.
    ///
    /// # Errors
    /// [`Error::File`] when it is not there, [`Error::Content`] when it is not what its name says.
    pub fn evidence(&self, id: &EvidenceId) -> Result<Vec<u8>, Error> {
        let path = self.evidence_path(id);
        let bytes = fs::read(&path).map_err(Error::file(&path))?;
        if &EvidenceId::of(&bytes) == id {
            Ok(bytes)
        } else {
            Err(Error::content(&path, "its bytes are not those that its name stands for"))
        }
    }

    fn evidence_path(&self, id: &EvidenceId) -> PathBuf {
        self.path.join("evidence").join(id.hex())
    }

    /// Writes the plan and returns its hash.
    pub(crate) fn write_plan(&self, plan: &Plan) -> Result<String, Error> {
        let path = self.plan_path();
        let bytes = serde_json::to_vec_pretty(plan).map_err(|error| Error::content(&path, error.to_string()))?;
        write_whole(&path, &bytes)?;
        Ok(assay_model::evidence::sha256_hex(&bytes))
    }

    /// Reads the plan.
    ///
    /// # Errors
    /// [`Error::File`] or [`Error::Content`] when it cannot be read.
    pub fn read_plan(&self) -> Result<Plan, Error> {
        let path = self.plan_path();
        let bytes = fs::read(&path).map_err(Error::file(&path))?;
        serde_json::from_slice(&bytes).map_err(|error| Error::content(&path, format!("not a plan: {error}")))
    }

    /// Writes `run.json`.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be written, [`Error::Setting`] when the run is sealed.
    pub fn write_run(&self, run: &Run) -> Result<(), Error> {
        self.unsealed()?;
        let path = self.path.join("run.json");
        let bytes = serde_json::to_vec_pretty(run).map_err(|error| Error::content(&path, error.to_string()))?;
        write_whole(&path, &bytes)
    }

    /// Whether every step of the run had its turn, and `run.json` tells so.
    pub fn is_finished(&self) -> bool {
        let lines = journal::read(&self.journal_path()).unwrap_or_default();
        let end = lines.last().filter(|line| line.event == Event::Finished);
        end.is_some_and(|end| self.read_run().is_ok_and(|run| run.finished == end.at))
    }

    /// Whether the run came to results, finished or stopped.
    pub fn has_run(&self) -> bool {
        self.path.join("run.json").is_file()
    }

    /// Reads `run.json`.
    ///
    /// # Errors
    /// [`Error::File`] or [`Error::Content`] when it cannot be read.
    pub fn read_run(&self) -> Result<Run, Error> {
        let path = self.path.join("run.json");
        let bytes = fs::read(&path).map_err(Error::file(&path))?;
        serde_json::from_slice(&bytes).map_err(|error| Error::content(&path, format!("not a run of this version: {error}")))
    }

    /// Writes a report beside the run.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be written, [`Error::Setting`] when the run is sealed.
    pub fn write_report(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
        self.unsealed()?;
        let path = self.path.join(name);
        write_whole(&path, bytes)?;
        Ok(path)
    }

    /// Takes away a report that no longer holds, if it is there.
    ///
    /// # Errors
    /// [`Error::File`] when it is there and cannot be taken away, [`Error::Setting`] when the run is sealed.
    pub fn remove_report(&self, name: &str) -> Result<(), Error> {
        self.unsealed()?;
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file(&path)(error)),
            _ => Ok(()),
        }
    }
}

/// Folders made in the same second are told apart by the number at the end: `-2` is older than `-10`.
fn age_order(path: &Path) -> (String, usize, String) {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    (name.chars().take(15).collect(), name.len(), name)
}

/// Writes a file so that it is there whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(Error::file(folder))?;
    file.write_all(bytes).map_err(Error::file(path))?;
    file.as_file().sync_data().map_err(Error::file(path))?;
    file.persist(path).map_err(|error| Error::File { path: path.to_owned(), source: error.error })?;
    Ok(())
}
