//! Log-ins with user and password at a broker: a connection each, as the protocol demands.

use assay_wire::{Permit, Result};

use crate::attempts::{Door, Knock};
use crate::outcome::Accepted;

use super::client::{Connect, Connected, connect, connect_any};
use super::codec::Version;

/// The log-in of a broker.
#[derive(Debug)]
pub struct LogIns {
    permit: Permit,
    /// The version in which the broker gave its last clear answer.
    version: Option<Version>,
}

impl LogIns {
    /// Log-ins under this permit.
    pub fn new(permit: Permit) -> Self {
        Self { permit, version: None }
    }

    async fn attempt(&mut self, user: &str, password: &str) -> Result<Accepted> {
        let options = Connect::password("assay", user, password);
        let (version, connected) = match self.version {
            Some(version) => (version, connect(&self.permit, version, &options).await?),
            None => connect_any(&self.permit, &options).await?,
        };
        let accepted = settle(connected);
        if matches!(accepted, Accepted::Accepted | Accepted::Refused) {
            self.version = Some(version);
        }
        Ok(accepted)
    }
}

impl Door for LogIns {
    fn knock<'a>(&'a mut self, user: &'a str, password: &'a str) -> Knock<'a> {
        Box::pin(self.attempt(user, password))
    }

    fn hang_up(&mut self) {}
}

fn settle(connected: Connected) -> Accepted {
    match connected {
        Connected::Accepted(_) => Accepted::Accepted,
        Connected::Refused(code) if code.is_about_load() => Accepted::Throttled(format!("answer {code}")),
        Connected::Refused(code) if code.is_about_rights() => Accepted::Refused,
        Connected::Refused(code) => Accepted::Unclear(format!("the broker refused with `{}`", code.name)),
        Connected::Closed => Accepted::Unclear("the broker hung up without a word".to_owned()),
    }
}
