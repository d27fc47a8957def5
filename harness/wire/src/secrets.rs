//! Secrets that must not stand in evidence.

use std::sync::{Arc, PoisonError, RwLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// Byte strings that are blotted out of everything that is recorded. Shared by all who hold a clone.
#[derive(Debug, Clone, Default)]
pub struct Secrets(Arc<RwLock<Known>>);

#[derive(Debug, Default)]
struct Known {
    secrets: Vec<Vec<u8>>,
    /// What stands in place of each.
    labels: Vec<String>,
    /// Finds them all in one pass; made when it is needed and kept until one more is added.
    finder: Option<AhoCorasick>,
}

impl Secrets {
    /// Adds a secret, and the label that stands in its place. Secrets of fewer than four bytes are kept out:
    /// they would blot out half of any answer, and protect nothing.
    pub fn add(&self, secret: &[u8], label: &str) {
        if secret.len() < 4 {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !known.secrets.iter().any(|each| each == secret) {
            known.secrets.push(secret.to_vec());
            known.labels.push(format!("[redacted: {label}]"));
            known.finder = None;
        }
    }

    /// The bytes with every secret replaced by its label.
    pub fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        let ready = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if ready.secrets.is_empty() || ready.finder.is_some() {
            return ready.redact(bytes);
        }
        drop(ready);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // somebody else may have made it meanwhile
        if known.finder.is_none() {
            let mut how = AhoCorasick::builder();
            // the longest of those that begin at one place
            how.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::NoncontiguousNFA));
            known.finder = how.build(&known.secrets).ok();
        }
        known.redact(bytes)
    }

    /// The text with every secret replaced by its label.
    pub fn redact_text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.redact(text.as_bytes())).into_owned()
    }
}

impl Known {
    fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        match &self.finder {
            Some(finder) => finder.replace_all_bytes(bytes, &self.labels),
            None if self.secrets.is_empty() => bytes.to_vec(),
            // so many that no finder can hold them: nothing is shown
            None => b"[redacted]".to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_blotted_out_longest_first() {
        let secrets = Secrets::default();
        secrets.add(b"hunter2", "short");
        secrets.add(b"hunter22", "long");
        secrets.add(b"abc", "too short to be one");
        assert_eq!(secrets.redact_text("user=abc&p=hunter22;hunter2"), "user=abc&p=[redacted: long];[redacted: short]");
        secrets.add(b"user=", "later");
        assert_eq!(secrets.redact(b"\xffuser=abc&p=hunter2\xfe"), b"\xff[redacted: later]abc&p=[redacted: short]\xfe");
    }
}
