//! How a log-in went: shared by every probe that tries one.

use serde::{Deserialize, Serialize};

/// What a product made of one log-in attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Accepted {
    /// It let the harness in.
    Accepted,
    /// It said no.
    Refused,
    /// It would not look at the attempt now: too many were made, or the account is locked for a while; what it did say.
    Throttled(String),
    /// Its answer says neither; what it did say.
    Unclear(String),
}

impl Accepted {
    /// Whether the harness was let in.
    pub fn is_accepted(&self) -> bool {
        *self == Self::Accepted
    }
}
