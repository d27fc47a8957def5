//! The words for what was found: verdicts of tests, determinations of requirements, the conclusion of a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one test says of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The criterion was evaluated and met; evidence and a control are held.
    Pass,
    /// The criterion was evaluated and not met; evidence is held.
    Fail,
    /// The test ran and neither could be shown; the reason says what would settle it.
    Inconclusive,
    /// The requirement does not concern this subject.
    NotApplicable,
    /// Selected but not carried out: consent, budget, or the run was stopped.
    NotRun,
    /// The harness, the laboratory or a fixture failed; never counted against the product.
    Error,
}

impl Verdict {
    /// All six, in the order in which reports list them.
    pub const ALL: [Self; 6] = [Self::Pass, Self::Fail, Self::Inconclusive, Self::NotApplicable, Self::NotRun, Self::Error];

    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::NotApplicable => "not-applicable",
            Self::NotRun => "not-run",
            Self::Error => "error",
        }
    }

    /// Whether the question stays open: neither answered nor set aside.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Inconclusive | Self::NotRun | Self::Error)
    }
}

/// What a verdict rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Seen by the harness on the live product.
    Observed,
    /// Read from a document about this product.
    Document,
    /// Answered by a named person.
    Attested,
    /// Taken over from another assessment.
    Imported,
    /// Carried by an alternative capability with its own passing test.
    Alternative,
}

impl Basis {
    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Document => "document",
            Self::Attested => "attested",
            Self::Imported => "imported",
            Self::Alternative => "alternative",
        }
    }
}

/// What the verdicts add up to for one requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Determination {
    /// At least one pass and nothing else that counts.
    Satisfied,
    /// Satisfied by an alternative capability with its own passing test.
    SatisfiedByAlternative,
    /// At least one fail.
    NotSatisfied,
    /// No fail, and something is still open.
    NotDetermined,
    /// Every test of it was not applicable, or the profile scopes it out with a reason.
    NotApplicable,
    /// No test ruled on it; never green.
    NotAssessed,
}

impl Determination {
    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::SatisfiedByAlternative => "satisfied-by-alternative",
            Self::NotSatisfied => "not-satisfied",
            Self::NotDetermined => "not-determined",
            Self::NotApplicable => "not-applicable",
            Self::NotAssessed => "not-assessed",
        }
    }
}

/// What a whole run says of the product against its baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Every requirement of the baseline is satisfied or not applicable.
    Conforms,
    /// At least one requirement is not satisfied.
    DoesNotConform,
    /// None is unsatisfied, and at least one is open or was not assessed.
    NotDetermined,
}

impl Conclusion {
    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::DoesNotConform => "does-not-conform",
            Self::NotDetermined => "not-determined",
        }
    }

    /// The exit code of the program for this conclusion.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::DoesNotConform => 1,
            Self::NotDetermined => 3,
        }
    }
}
