//! `assay report`: the reports of a run, rendered from its folder.

use std::path::{Path, PathBuf};

use assay_engine::Folder;
use assay_model::run::Run;
use assay_reports::laboratory::{self, Laboratory};
use assay_reports::{Format, Options, ReportError, junit, render, sdoc};
use clap::{Args, ValueEnum};

use crate::failure::Failure;
use crate::files;

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The folder of the run
    run: PathBuf,
    /// Write these formats only, separated by commas: junit, html, sdoc, oscal, test-report
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    format: Vec<Format>,
    /// What becomes of open questions in JUnit: errors, or skipped cases
    #[arg(long, value_enum, default_value_t = JunitMode::Strict)]
    junit_mode: JunitMode,
    /// TOML file with what the laboratory supplies for a test report (form: reports/laboratory.template.toml)
    #[arg(long, value_name = "FILE")]
    laboratory: Option<PathBuf>,
    /// Write them to this folder instead of that of the run, which stays as it is once it is sealed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum JunitMode {
    Strict,
    Lenient,
}

impl Report {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let folder = Folder::open(&self.run).map_err(Failure::usage)?;
        if !folder.has_run() {
            let what = "this run is not finished and has no results yet: `assay run PROFILE --resume` goes on with it";
            return Err(Failure::usage(format!("{}: {what}", self.run.display())));
        }
        let run = folder.read_run().map_err(Failure::usage)?;
        let junit = match self.junit_mode {
            JunitMode::Strict => junit::Mode::Strict,
            JunitMode::Lenient => junit::Mode::Lenient,
        };
        let laboratory = self.laboratory.as_deref().map(read_laboratory).transpose()?.unwrap_or_default();
        let asked = self.format.contains(&Format::Sdoc);
        let formats = if self.format.is_empty() { Format::UNASKED.to_vec() } else { self.format };
        let options = Options { junit, laboratory, whole: folder.is_finished() };
        let target = self.out.as_deref().map(Folder::of_reports).transpose()?;
        let written = write(&run, target.as_ref().unwrap_or(&folder), &formats, &options)?;
        for path in &written.paths {
            say!("{}", path.display());
        }
        match written.refused {
            // asked for by name, the refusal is the answer
            Some(why) if asked => Err(Failure::usage(why)),
            Some(_) => {
                note!("no declaration: `assay report {} --format sdoc` lists what stands against it", self.run.display());
                Ok(0)
            }
            None => Ok(0),
        }
    }
}

fn read_laboratory(path: &Path) -> Result<Laboratory, Failure> {
    Ok(laboratory::read(&path.display().to_string(), &files::text(path)?)?)
}

/// Reports that were written, and why there is no declaration among them, if so.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) refused: Option<String>,
}

/// Writes reports beside the run, and removes those of earlier times that there are no longer.
pub(crate) fn write(run: &Run, folder: &Folder, formats: &[Format], options: &Options) -> Result<Written, Failure> {
    let mut written = Written::default();
    for format in formats {
        let files = match render(*format, run, options) {
            Ok(files) => files,
            Err(ReportError::Refused(why)) => {
                written.refused = Some(sdoc::refused(&why));
                Vec::new()
            }
            // a test report that was issued before stays as it is
            Err(ReportError::NotIssued(why)) => return Err(Failure::usage(why)),
            Err(other) => return Err(Failure::harness(other)),
        };
        for name in format.file_names() {
            match files.iter().find(|file| file.name == *name) {
                Some(file) => written.paths.push(folder.write_report(name, file.contents.as_bytes())?),
                None => folder.remove_report(name)?,
            }
        }
    }
    Ok(written)
}
