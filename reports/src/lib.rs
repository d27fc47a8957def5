//! Report formats, one file each; functions of a run alone.

use std::fmt;
use std::str::FromStr;

use assay_conformity::declaration::Refusal;
use assay_model::run::Run;

mod controls;
pub mod html;
pub mod junit;
pub mod laboratory;
mod matrix;
pub mod oscal;
mod page;
mod picks;
pub mod sdoc;
pub mod spot_check;
pub mod text;
mod visible;
mod words;

pub use visible::{visible, visible_json, visible_line};

/// A format that a run can be rendered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// `JUnit` XML, for build servers.
    Junit,
    /// The working report as a web page, for people.
    Html,
    /// The draft of a supplier's declaration of conformity, as a web page and as JSON.
    Sdoc,
    /// Assessment results, plan of action and component definition in OSCAL, for other programs.
    Oscal,
    /// The test report that a laboratory issues after ISO/IEC 17025, as a web page.
    TestReport,
}

impl Format {
    /// All formats, in the order in which they are listed.
    pub const ALL: [Self; 5] = [Self::Junit, Self::Html, Self::Sdoc, Self::Oscal, Self::TestReport];

    /// The formats that are written when none is named: those that a run alone can fill.
    pub const UNASKED: [Self; 4] = [Self::Junit, Self::Html, Self::Sdoc, Self::Oscal];

    /// The word that chooses it on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Junit => "junit",
            Self::Html => "html",
            Self::Sdoc => "sdoc",
            Self::Oscal => "oscal",
            Self::TestReport => "test-report",
        }
    }

    /// The names of the files that it makes, some of them only where there is something to write.
    pub const fn file_names(self) -> &'static [&'static str] {
        match self {
            Self::Junit => &["junit.xml"],
            Self::Html => &["report.html"],
            Self::Sdoc => &["declaration-draft.html", "declaration-draft.json"],
            Self::Oscal => &oscal::FILES,
            Self::TestReport => &["test-report.html"],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = || Self::ALL.map(Self::word).join(", ");
        Self::ALL
            .into_iter()
            .find(|format| format.word() == text)
            .ok_or_else(|| format!("no format `{}`: choose from {}", visible_line(text), all()))
    }
}

/// What a report needs beside the run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What becomes of open questions in `JUnit` XML.
    pub junit: junit::Mode,
    /// What the laboratory supplied for a test report.
    pub laboratory: laboratory::Laboratory,
    /// Whether every step of the run had its turn; without that there is no test report.
    pub whole: bool,
}

/// A rendered file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its name in the folder of the run.
    pub name: &'static str,
    /// Its contents, in UTF-8.
    pub contents: String,
}

/// Renders a run: the files of the format, in the order of [`Format::file_names`].
///
/// # Errors
/// [`ReportError::Refused`] for a declaration when the run does not conform, [`ReportError::NotIssued`] for a test report
/// while something is missing; the others for faults of this program.
pub fn render(format: Format, run: &Run, options: &Options) -> Result<Vec<Rendered>, ReportError> {
    let contents = match format {
        Format::Junit => vec![Some(junit::render(run, options.junit)?)],
        Format::Html => vec![Some(html::render(run)?)],
        Format::Sdoc => {
            let declaration = sdoc::drafted(run)?;
            vec![Some(sdoc::html(&declaration)?), Some(sdoc::json(&declaration)?)]
        }
        Format::Oscal => oscal::render(run)?,
        Format::TestReport => vec![Some(html::test_report(run, options.laboratory.issue(run, options.whole)?)?)],
    };
    let files = format.file_names().iter().zip(contents);
    Ok(files.filter_map(|(name, contents)| contents.map(|contents| Rendered { name, contents })).collect())
}

/// Why a report was not written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The run does not bear a declaration.
    #[error("{}", sdoc::refused(.0))]
    Refused(#[from] Refusal),
    /// A test report cannot be issued yet.
    #[error(transparent)]
    NotIssued(#[from] laboratory::Refusal),
    /// The XML writer failed.
    #[error("the XML could not be written: {0}")]
    Xml(String),
    /// A template asks for what it was not given.
    #[error("the template could not be filled in: {0}")]
    Template(String),
    /// A structure could not be written as JSON.
    #[error("the JSON could not be written: {0}")]
    Json(String),
}
