//! `assay verify`: whether a run or a declaration is as it was sealed. Nothing but the folder is needed.

use std::path::PathBuf;

use assay_reports::visible_line;
use assay_seal::{Bundle, DECLARATION, Flaw, PublicKey, TEST_RESULT, bundle, run};
use clap::Args;

use crate::declare;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The folder of a run or of a declaration
    path: PathBuf,
    /// A public key that must have signed (may be given several times)
    ///
    /// Without it everything is checked except whose keys these are.
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,
}

impl Verify {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        if !self.path.is_dir() {
            return Err(Failure::usage(format!("{}: is no folder", self.path.display())));
        }
        let keys = self.key.iter().map(|path| PublicKey::open(path)).collect::<Result<Vec<_>, _>>()?;
        let broken = |flaw| Failure::unverified(&self.path, &flaw);
        let bundle = bundle::open(&self.path, &keys).map_err(broken)?;
        let what = match bundle.statement.predicate_type.as_str() {
            TEST_RESULT => {
                let run = run::verify(&self.path, &bundle).map_err(broken)?;
                format!("run {}, which concludes `{}`", visible_line(&run.id), run.conclusion.word())
            }
            DECLARATION => {
                let declaration = declare::of_bundle(&self.path, &bundle)?;
                let (number, status) = (visible_line(&declaration.issuer.number), declaration.status.word());
                format!("declaration {number}, revision {}, {status}", declaration.revision)
            }
            other => return Err(broken(Flaw::Seal(format!("states `{}`, which this version does not know", other.escape_debug())))),
        };
        say!("{}: as it was sealed, {} files: {what}", self.path.display(), bundle.statement.subject.len());
        tell_signers(&bundle);
        Ok(0)
    }
}

fn tell_signers(bundle: &Bundle) {
    for signer in &bundle.signers {
        let known = if bundle.trusted.contains(&signer.keyid) { "with the key that you gave" } else { "by its own account" };
        say!("signed by {}, {} ({known}, {})", visible_line(&signer.name), visible_line(&signer.function), signer.keyid);
    }
    if bundle.trusted.len() < bundle.signers.len() {
        note!("whose keys these are was not checked for all: give the keys that you know with --key FILE.pub");
    }
}
