//! `assay keygen`: a key for somebody who signs.

use std::path::PathBuf;

use assay_reports::visible_line;
use assay_seal::{Kind, Person, PrivateKey};
use clap::Args;

use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Keygen {
    /// Whose key it is
    #[arg(long)]
    name: String,
    /// What this person signs as, such as "test engineer"
    #[arg(long)]
    function: String,
    /// The kind of key: ed25519 or p256
    #[arg(long, default_value_t = Kind::Ed25519)]
    kind: Kind,
    /// Write OUT.key, which stays with its owner, and OUT.pub, for everybody; neither may be there yet
    #[arg(long)]
    out: PathBuf,
}

impl Keygen {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let person = Person::new(&self.name, &self.function).map_err(Failure::usage)?;
        let key = PrivateKey::generate(self.kind, person)?;
        let [private, public] = ["key", "pub"].map(|end| PathBuf::from(format!("{}.{end}", self.out.display())));
        if let Some(there) = [&private, &public].into_iter().find(|path| path.exists()) {
            return Err(Failure::usage(format!("{}: is there already, and a key is never written over", there.display())));
        }
        key.save(&private)?;
        key.public().save(&public)?;
        say!("{}\n{}", private.display(), public.display());
        note!("key {} of {}: give away the .pub only", key.public().id(), visible_line(&self.name));
        Ok(0)
    }
}
