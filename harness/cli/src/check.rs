//! `assay check`: every problem of a profile at once.

use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
use crate::load;

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The profile
    profile: PathBuf,
}

impl Check {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let profile = load::profile(&self.profile)?.profile;
        let interfaces: usize = profile.components.iter().map(|component| component.interfaces.len()).sum();
        say!(
            "{}: no problems; {} {} ({}), {} components, {interfaces} interfaces",
            self.profile.display(),
            profile.product.manufacturer,
            profile.product.name,
            profile.product.model,
            profile.components.len(),
        );
        Ok(0)
    }
}
