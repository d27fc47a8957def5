//! `assay gaps`: requirements that a run does not show as satisfied, as a file in which a person decides about each.

use std::path::PathBuf;

use assay_conformity::gaps;
use assay_engine::Folder;
use assay_reports::visible;
use clap::Args;

use crate::failure::Failure;
use crate::files;

#[derive(Debug, Args)]
pub(crate) struct Gaps {
    /// The folder of the run
    run: PathBuf,
    /// Write to this file instead of the standard output; it must not be there yet
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    out: Option<PathBuf>,
    /// Hold this file, filled in, against the run
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

impl Gaps {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let run = Folder::open(&self.run).and_then(|folder| folder.read_run()).map_err(Failure::usage)?;
        let Some(path) = self.check else {
            let form = visible(&gaps::draft(&run));
            match self.out {
                None => say!("{}", form.trim_end()),
                Some(path) => files::write_new(&path, &form)?,
            }
            note!("{} gaps; `assay gaps RUN --check FILE` reads what was decided", gaps::open(&run).count());
            return Ok(0);
        };
        let text = files::text(&path)?;
        let decided = gaps::read(&path.display().to_string(), &text, &run)?;
        let mut open = 0;
        for requirement in gaps::open(&run) {
            let gap = decided.of(&requirement.id);
            let word = gap.and_then(|gap| gap.determination).map_or("open", gaps::Decision::word);
            let scenario = gap.and_then(|gap| gap.scenario).map_or("", gaps::Scenario::word);
            open += usize::from(word == "open");
            say!("{:<14} {word:<34} {scenario}", requirement.id.as_str());
        }
        note!("{open} gaps are open");
        Ok(if open == 0 { 0 } else { 3 })
    }
}
