//! The journal of a run: one event a line, each with the hash of the one before.

use serde::{Deserialize, Serialize};

use crate::evidence::{EvidenceId, sha256_hex};
use crate::plan::Place;
use crate::run::TestResult;

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// SHA-256 of the line before, without its line feed, in hexadecimal; 64 zeros on the first.
    pub before: String,
    /// When it was written, in UTC (RFC 3339).
    pub at: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The run began; the hashes tie the journal to its plan and profile.
    Started {
        /// SHA-256 of `plan.json`.
        plan: String,
        /// SHA-256 of the profile file.
        profile: String,
        /// SHA-256 of the method: program and version, catalog, baseline, policy, consent.
        method: String,
        /// The program and its version.
        harness: String,
    },
    /// The run goes on after an interruption.
    Resumed {
        /// Steps that were finished before.
        finished: usize,
        /// Seconds of rest before steps that run alone, because one of them was interrupted and may have locked a log-in.
        rest_seconds: u64,
    },
    /// A step began.
    Began {
        /// Which test on what.
        place: Place,
    },
    /// Facts that several tests share were established.
    Fact {
        /// The name under which tests ask for them.
        key: String,
        /// Where they are recorded.
        evidence: EvidenceId,
    },
    /// A step ended with this result.
    Ended {
        /// The result.
        result: Box<TestResult>,
        /// What was sent to each host so far, over the whole run.
        spent: Vec<Spent>,
    },
    /// The product did not answer its health check.
    Silent {
        /// The component.
        component: String,
        /// What was tried.
        detail: String,
    },
    /// The product answers again.
    Back {
        /// The component.
        component: String,
    },
    /// Somebody stopped the run; the remaining steps are not run.
    Stopped {
        /// Why.
        because: String,
    },
    /// The run ended.
    Finished,
}

/// What was sent to one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// The component.
    pub component: String,
    /// Its sample.
    pub sample: String,
    /// Connections and datagram exchanges opened.
    pub connections: u64,
    /// Of these, refused or reset.
    pub refusals: u64,
    /// Failed log-ins.
    pub failed_logins: u32,
}

/// The hash that the first line carries.
pub fn no_line_before() -> String {
    "0".repeat(64)
}

/// The hash that the line after this one carries.
pub fn hash_of_line(line: &str) -> String {
    sha256_hex(line.trim_end_matches('\n').as_bytes())
}
