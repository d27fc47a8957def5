//! Known flaws of TLS servers, looked for without using them: nothing crashes, and nothing is read beyond what shows
//! the flaw.

mod alone;
mod conclude;
mod early_change;
mod heartbleed;
mod padding;
mod rides;
mod rsa;
mod tolerance;
mod words;

pub use alone::look_deeper;
pub(crate) use conclude::{Accepted, Door};
pub(crate) use rides::Rides;

use serde::{Deserialize, Serialize};

/// What the look for one flaw came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The flaw was seen.
    Vulnerable,
    /// The server did what one without the flaw does.
    NotVulnerable,
    /// What the flaw needs is not there.
    NotApplicable,
    /// It cannot be told.
    #[default]
    Unclear,
}

/// The look for one flaw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What it came to.
    pub outcome: Outcome,
    /// What was seen, or why it does not apply or cannot be told.
    pub why: String,
    /// The well-formed exchange that the same server answered, before or after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<String>,
}

impl Check {
    pub(crate) fn of(outcome: Outcome, why: impl Into<String>) -> Self {
        Self { outcome, why: why.into(), control: None }
    }

    pub(crate) fn not_applicable(why: impl Into<String>) -> Self {
        Self::of(Outcome::NotApplicable, why)
    }

    pub(crate) fn unclear(why: impl Into<String>) -> Self {
        Self::of(Outcome::Unclear, why)
    }

    /// Whether the flaw was seen.
    pub fn is_vulnerable(&self) -> bool {
        self.outcome == Outcome::Vulnerable
    }
}

/// How a server takes an unusual hello that every server must take.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tolerance {
    /// Whether one hello with reserved values (RFC 8701), an unknown extension, more than 512 bytes and split over
    /// several records was answered.
    pub unusual_hello: Option<bool>,
    /// What of it alone was not answered: `grease`, `unknown-extension`, `large-hello`, `split-records`,
    /// `high-version`. Looked for only when the whole was not answered.
    pub refused: Vec<String>,
    /// Why it cannot be told, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unclear: Option<String>,
}

/// What the looks for known flaws came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaws {
    /// Reading beyond a heartbeat's payload (CVE-2014-0160).
    pub heartbleed: Check,
    /// Taking a change of cipher before keys are agreed on (CVE-2014-0224).
    pub ccs_injection: Check,
    /// Telling well-formed from malformed RSA key exchanges (RFC 5246 section 7.4.7.1; "ROBOT").
    pub robot: Check,
    /// Echoing more of a session id than was sent (CVE-2016-9244).
    pub ticketbleed: Check,
    /// Telling a wrong padding from a wrong MAC, or not looking at the padding, in CBC suites of TLS (RFC 5246 section
    /// 6.2.3.2; "POODLE" on TLS, "zombie POODLE", "GOLDENDOODLE").
    pub padding_oracle: Check,
    /// How unusual hellos are taken.
    pub tolerance: Tolerance,
}

#[cfg(test)]
mod tests;
