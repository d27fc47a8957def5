//! Communities as passwords: whether an agent answers to one, in version 2c or 1.

use assay_wire::{Permit, Result};

use crate::attempts::{Door, Knock};
use crate::outcome::Accepted;

use super::{Version, get};

/// The communities of an agent. The user of an attempt is passed over.
#[derive(Debug)]
pub struct LogIns(Permit);

impl LogIns {
    /// Log-ins under this permit.
    pub fn new(permit: Permit) -> Self {
        Self(permit)
    }

    async fn attempt(&self, community: &str) -> Result<Accepted> {
        if get(&self.0, Version::V2c, community).await?.is_some() {
            return Ok(Accepted::Accepted);
        }
        // the same community in another version is no second failure
        self.0.return_login();
        Ok(if get(&self.0, Version::V1, community).await?.is_some() { Accepted::Accepted } else { Accepted::Refused })
    }
}

impl Door for LogIns {
    fn knock<'a>(&'a mut self, _: &'a str, community: &'a str) -> Knock<'a> {
        Box::pin(self.attempt(community))
    }

    fn hang_up(&mut self) {}
}
