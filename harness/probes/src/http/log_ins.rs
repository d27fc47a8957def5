//! Attempts in a row at the log-in of a web interface: on one connection, where the server keeps it.

use assay_model::profile::{Login, Operation};
use assay_wire::{Error, Result};
use serde_json::json;

use crate::attempts::{Door, Knock};

use super::client::Client;
use super::digest::{Challenge, is_answerable};
use super::login::{log_in, without};

/// The log-in of a web interface.
#[derive(Debug)]
pub struct LogIns {
    client: Client,
    login: Login,
    check: Operation,
}

impl LogIns {
    /// Log-ins as the profile declares them; `check` decides, as for [`log_in`].
    pub fn new(client: Client, login: Login, check: Operation) -> Self {
        Self { client, login, check }
    }

    /// Log-ins at a path that asks for Basic or Digest, in the way that it asks for first.
    ///
    /// # Errors
    /// As [`Client::send`]; [`Error::Malformed`] when the path asks for neither.
    pub async fn at(mut client: Client, path: &str) -> Result<Self> {
        let local = |error: serde_json::Error| Error::Local(error.to_string());
        let check: Operation = serde_json::from_value(json!({ "id": path, "method": "GET", "path": path })).map_err(local)?;
        let (access, challenges) = without(&mut client, &check).await?;
        let kind = challenges.iter().find_map(|challenge: &Challenge| match challenge.scheme.as_str() {
            "basic" => Some("basic"),
            "digest" if is_answerable(challenge) => Some("digest"),
            _ => None,
        });
        let Some(kind) = kind else {
            let what = format!("`{path}` was {access} without a log-in, and it asks for neither Basic nor Digest");
            return Err(Error::Malformed { peer: client.permit().peer(), what });
        };
        Ok(Self { client, login: serde_json::from_value(json!({ "kind": kind })).map_err(local)?, check })
    }
}

impl Door for LogIns {
    fn knock<'a>(&'a mut self, user: &'a str, password: &'a str) -> Knock<'a> {
        Box::pin(async move { Ok(log_in(&mut self.client, &self.login, &self.check, user, password).await?.accepted) })
    }

    fn hang_up(&mut self) {
        self.client.close();
    }
}

#[cfg(test)]
mod tests;
