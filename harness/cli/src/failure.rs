//! How the program fails: whose fault it is decides the exit code.

use std::fmt;

use assay_model::form::Problems;

/// Why the program ends without a conclusion.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A profile or a file of answers: all its problems, laid out.
    Profile(String),
    /// The command line, or a file that the user named.
    Usage(String),
    /// The harness or this machine.
    Harness(String),
}

impl Failure {
    pub(crate) fn usage(what: impl fmt::Display) -> Self {
        Self::Usage(what.to_string())
    }

    pub(crate) fn problems(problems: Problems) -> Self {
        Self::Profile(problems.render(crate::screen::colour()).trim_end().to_owned())
    }

    pub(crate) fn harness(what: impl fmt::Display) -> Self {
        Self::Harness(what.to_string())
    }

    /// The exit code.
    pub(crate) const fn code(&self) -> u8 {
        match self {
            Self::Profile(_) | Self::Usage(_) => 2,
            Self::Harness(_) => 4,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(what) | Self::Usage(what) | Self::Harness(what) => f.write_str(what),
        }
    }
}

impl From<assay_engine::Error> for Failure {
    fn from(error: assay_engine::Error) -> Self {
        match error {
            assay_engine::Error::Setting(what) => Self::Usage(what),
            assay_engine::Error::Answers(problems) => Self::problems(problems),
            other => Self::Harness(other.to_string()),
        }
    }
}

impl From<assay_suites::BadChoice> for Failure {
    fn from(bad: assay_suites::BadChoice) -> Self {
        Self::Usage(bad.0)
    }
}

impl From<assay_suites::data::BadData> for Failure {
    fn from(bad: assay_suites::data::BadData) -> Self {
        Self::harness(bad)
    }
}
