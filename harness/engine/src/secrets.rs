//! The secrets that a profile refers to, once they have been fetched.

use std::collections::BTreeMap;
use std::path::Path;

use assay_model::profile::{Profile, SecretRef};
use assay_wire::Secrets;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::Error;

/// The longest secret file that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The secrets of all accounts, by account id.
#[derive(Debug, Clone, Default)]
pub struct Keyring {
    by_account: BTreeMap<String, String>,
}

impl Keyring {
    /// Fetches every secret of the profile; files are looked for relative to `folder`.
    ///
    /// # Errors
    /// [`Error::Setting`] for a variable that is not set, [`Error::File`] for a file that cannot be read.
    pub fn fetch(profile: &Profile, folder: &Path) -> Result<Self, Error> {
        let fetched = profile.accounts.iter().map(|account| Ok((account.id.clone(), fetch(&account.secret, folder)?)));
        Ok(Self { by_account: fetched.collect::<Result<_, Error>>()? })
    }

    /// The secret of this account.
    pub fn get(&self, account: &str) -> Option<&str> {
        self.by_account.get(account).map(String::as_str)
    }

    /// Has every secret, and the forms in which protocols carry it, blotted out of evidence.
    pub fn hide_in(&self, secrets: &Secrets) {
        for (account, secret) in &self.by_account {
            let label = format!("secret of {account}");
            let quoted = serde_json::to_string(secret).unwrap_or_default();
            secrets.add(secret.as_bytes(), &label);
            secrets.add(quoted.trim_matches('"').as_bytes(), &label);
            secrets.add(percent(secret).as_bytes(), &label);
            secrets.add(STANDARD.encode(secret).as_bytes(), &label);
        }
    }
}

fn fetch(reference: &SecretRef, folder: &Path) -> Result<String, Error> {
    match reference.0.split_once(':') {
        Some(("env", name)) => {
            std::env::var(name).map_err(|_| Error::Setting(format!("the environment variable {name}, which the profile names, is not set")))
        }
        Some(("file", name)) => {
            let path = folder.join(name);
            let size = std::fs::metadata(&path).map_err(Error::file(&path))?.len();
            if size > LONGEST {
                return Err(Error::content(&path, format!("a secret is at most {LONGEST} bytes long, this file has {size}")));
            }
            let text = std::fs::read_to_string(&path).map_err(Error::file(&path))?;
            Ok(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        _ => Err(Error::Setting(format!("`{}` is not a reference to a secret: write env:NAME or file:PATH", reference.0))),
    }
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
