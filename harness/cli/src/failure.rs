//! How the program fails: whose fault it is decides the exit code.

use std::fmt;
use std::path::Path;

use assay_model::form::Problems;
use assay_model::verdict::Conclusion;

/// Why the program ends without a conclusion.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A profile or a file of answers: all its problems, laid out.
    Profile(String),
    /// The command line, or a file that the user named.
    Usage(String),
    /// The harness or this machine.
    Harness(String),
    /// A bundle is not as it was sealed.
    Unverified(String),
    /// Something was asked for that what was found does not bear.
    Refused {
        /// What stands against it.
        what: String,
        /// The exit code.
        code: u8,
    },
}

impl Failure {
    pub(crate) fn usage(what: impl fmt::Display) -> Self {
        Self::Usage(what.to_string())
    }

    pub(crate) fn harness(what: impl fmt::Display) -> Self {
        Self::Harness(what.to_string())
    }

    /// This bundle is not as it was sealed.
    pub(crate) fn unverified(bundle: &Path, flaw: &impl fmt::Display) -> Self {
        Self::Unverified(format!("{}: does not verify: {flaw}", bundle.display()))
    }

    /// A declaration is refused: because of what the run concludes, or for want of what the issuer has to supply.
    pub(crate) fn refused(what: String, conclusion: Conclusion) -> Self {
        let code = if conclusion == Conclusion::Conforms { 2 } else { conclusion.exit_code() };
        Self::Refused { what, code }
    }

    /// The exit code.
    pub(crate) const fn code(&self) -> u8 {
        match self {
            Self::Profile(_) | Self::Usage(_) => 2,
            Self::Harness(_) => 4,
            Self::Unverified(_) => 5,
            Self::Refused { code, .. } => *code,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(what) | Self::Usage(what) | Self::Harness(what) | Self::Unverified(what) | Self::Refused { what, .. } => {
                f.write_str(what)
            }
        }
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Profile(problems.render(crate::screen::colour()).trim_end().to_owned())
    }
}

impl From<assay_engine::Error> for Failure {
    fn from(error: assay_engine::Error) -> Self {
        match error {
            assay_engine::Error::Setting(what) => Self::Usage(what),
            assay_engine::Error::Answers(problems) => problems.into(),
            other => Self::Harness(other.to_string()),
        }
    }
}

impl From<assay_seal::Error> for Failure {
    fn from(error: assay_seal::Error) -> Self {
        match error {
            assay_seal::Error::Flaw(flaw) => Self::Unverified(flaw.to_string()),
            other => Self::Usage(other.to_string()),
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
