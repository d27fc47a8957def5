//! Rulings, and the rule that no pass is made without a control.

use assay_model::evidence::EvidenceId;
use assay_model::verdict::{Basis, Verdict};

use assay_model::run::{Control as ControlRecord, Point};

/// What a test returns: a ruling, or why it had to stop.
pub type Outcome = Result<Ruling, Stop>;

/// Why a test could not rule. Neither a pass nor a fail can come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The product could not be made to answer, or something that only the user can supply is missing.
    Inconclusive(String),
    /// It was not carried out.
    NotRun(String),
    /// The harness or the laboratory failed.
    Error(String),
}

impl From<assay_wire::Error> for Stop {
    fn from(error: assay_wire::Error) -> Self {
        if error.is_ours() { Self::Error(error.to_string()) } else { Self::Inconclusive(error.to_string()) }
    }
}

impl Stop {
    /// Inconclusive, because something is missing; say what would settle it.
    pub fn missing(what: impl Into<String>) -> Self {
        Self::Inconclusive(what.into())
    }
}

/// What was found, in the words that reports show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finding {
    /// Why the verdict is what it is, in words that an engineer of the product can act on.
    pub reason: String,
    /// What was to be seen.
    pub expected: String,
    /// What was seen.
    pub observed: String,
    /// Document and clause of the threshold; what the test rests on when empty.
    pub source: String,
}

/// Something that was seen and recorded. Only this makes rulings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "what was seen is there to be ruled on"]
pub struct Seen {
    pub(crate) evidence: Vec<EvidenceId>,
    pub(crate) basis: Basis,
}

/// Proof that the probe would have seen the opposite of what a pass claims.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a control is there to carry a pass"]
pub struct Control(pub(crate) ControlRecord);

impl Seen {
    /// Both this and something else that was seen.
    pub fn and(mut self, other: Self) -> Self {
        self.evidence.extend(other.evidence);
        self
    }

    /// What was seen here is a control: say what it shows.
    pub fn control(&self, what: impl Into<String>) -> Control {
        Control(ControlRecord { what: what.into(), evidence: self.evidence.clone(), until: None })
    }

    /// The criterion is met, and the control shows that the probe would have seen the opposite.
    ///
    /// # Errors
    /// Never; the signature is that of a test.
    pub fn pass(self, control: Control, finding: Finding) -> Outcome {
        Ok(self.rule(Verdict::Pass, finding, Some(control.0)))
    }

    /// The criterion is not met.
    ///
    /// # Errors
    /// Never; the signature is that of a test.
    pub fn fail(self, finding: Finding) -> Outcome {
        Ok(self.rule(Verdict::Fail, finding, None))
    }

    /// Neither could be shown; the reason says what would settle it.
    ///
    /// # Errors
    /// Never; the signature is that of a test.
    pub fn inconclusive(self, finding: Finding) -> Outcome {
        Ok(self.rule(Verdict::Inconclusive, finding, None))
    }

    /// The requirement does not concern the subject, as was seen.
    ///
    /// # Errors
    /// Never; the signature is that of a test.
    pub fn not_applicable(self, finding: Finding) -> Outcome {
        Ok(self.rule(Verdict::NotApplicable, finding, None))
    }

    fn rule(self, verdict: Verdict, finding: Finding, control: Option<ControlRecord>) -> Ruling {
        Ruling { verdict, finding, control, evidence: self.evidence, basis: self.basis, points: Vec::new(), notes: Vec::new() }
    }
}

/// A verdict with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    pub(crate) verdict: Verdict,
    pub(crate) finding: Finding,
    pub(crate) control: Option<ControlRecord>,
    pub(crate) evidence: Vec<EvidenceId>,
    pub(crate) basis: Basis,
    pub(crate) points: Vec<Point>,
    pub(crate) notes: Vec<String>,
}

impl Ruling {
    /// Adds what was noticed beside the verdict.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what holds for single requirements, where the test rules on each apart.
    #[must_use]
    pub fn of_points(mut self, points: Vec<Point>) -> Self {
        self.points = points;
        self
    }

    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }
}
