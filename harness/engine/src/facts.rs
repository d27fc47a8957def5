//! Facts that several tests share: established once in a run, kept as evidence, read back on resume.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use assay_model::evidence::EvidenceId;
use serde_json::Value;

/// What one question was answered with, and where that is recorded.
pub(crate) type Known = (Value, EvidenceId);

/// The shared facts of a run, by key.
#[derive(Debug, Default)]
pub(crate) struct Facts(Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<Option<Known>>>>>);

impl Facts {
    /// The place of this fact. Whoever holds its lock may establish it; the others wait.
    pub(crate) fn place(&self, key: &str) -> Arc<tokio::sync::Mutex<Option<Known>>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(key.to_owned()).or_default())
    }

    /// Puts a fact of the interrupted run back.
    pub(crate) fn restore(&self, key: &str, known: Known) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key.to_owned(), Arc::new(tokio::sync::Mutex::new(Some(known))));
    }
}
