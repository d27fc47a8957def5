//! Secrets that must not stand in evidence.

use std::sync::{Arc, PoisonError, RwLock};

/// Byte strings that are blotted out of everything that is recorded. Shared by all who hold a clone.
#[derive(Debug, Clone, Default)]
pub struct Secrets(Arc<RwLock<Vec<Secret>>>);

/// The bytes, and the label that stands in their place.
type Secret = (Vec<u8>, String);

impl Secrets {
    /// Adds a secret, and the label that stands in its place. Secrets of fewer than four bytes are kept out:
    /// they would blot out half of any answer, and protect nothing.
    pub fn add(&self, secret: &[u8], label: &str) {
        if secret.len() < 4 {
            return;
        }
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !all.iter().any(|(known, _)| known == secret) {
            all.push((secret.to_vec(), format!("[redacted: {label}]")));
            all.sort_by_key(|(known, _)| std::cmp::Reverse(known.len()));
        }
    }

    /// The bytes with every secret replaced by its label.
    pub fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut begins = [false; 256];
        for first in all.iter().filter_map(|(secret, _)| secret.first()) {
            if let Some(begin) = begins.get_mut(usize::from(*first)) {
                *begin = true;
            }
        }
        let mut clean = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| begins.get(usize::from(*byte)) == Some(&true)) {
            let (before, here) = rest.split_at(at);
            clean.extend_from_slice(before);
            let found = all.iter().find_map(|(secret, label)| Some((here.strip_prefix(secret.as_slice())?, label)));
            rest = match (found, here.split_first()) {
                (Some((after, label)), _) => {
                    clean.extend_from_slice(label.as_bytes());
                    after
                }
                (None, Some((byte, after))) => {
                    clean.push(*byte);
                    after
                }
                (None, None) => here,
            };
        }
        clean.extend_from_slice(rest);
        clean
    }

    /// The text with every secret replaced by its label.
    pub fn redact_text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.redact(text.as_bytes())).into_owned()
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
    }
}
