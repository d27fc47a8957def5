//! `assay report`: the reports of a run, rendered from its folder.

use std::path::PathBuf;

use assay_engine::Folder;
use assay_model::run::Run;
use clap::Args;

use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The folder of the run
    run: PathBuf,
}

impl Report {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let folder = Folder::open(&self.run)?;
        let run = folder.read_run()?;
        for path in write_all(&run, &folder)? {
            println!("{}", path.display());
        }
        Ok(0)
    }
}

/// Writes all reports that can be made of a run.
pub(crate) fn write_all(_run: &Run, _folder: &Folder) -> Result<Vec<PathBuf>, Failure> {
    Ok(Vec::new())
}
