//! `assay seal`: a run under seal, and the signatures of those who answer for it.

use std::path::PathBuf;

use assay_seal::{PrivateKey, PublicKey, SEAL, Signer, TEST_RESULT, bundle, run};
use clap::Args;

use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Seal {
    /// The folder of the run
    run: PathBuf,
    /// The private key to sign with, as `assay keygen` writes it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The public key of somebody else who has to sign too, such as a reviewer (may be given several times)
    ///
    /// They are named when the run is sealed. Each of them then signs with `assay seal RUN --key`.
    #[arg(long, value_name = "FILE")]
    also: Vec<PathBuf>,
}

impl Seal {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let key = PrivateKey::open(&self.key)?;
        if self.run.join(SEAL).exists() { self.sign_too(&key) } else { self.seal(&key) }
    }

    fn seal(&self, key: &PrivateKey) -> Result<u8, Failure> {
        let others = self.also.iter().map(|path| PublicKey::open(path)).collect::<Result<Vec<_>, _>>()?;
        let signers = std::iter::once(key.public()).chain(&others).map(Signer::of).collect::<Result<Vec<_>, _>>()?;
        let not_sealed = |error: assay_seal::Error| Failure::usage(format!("{}: not sealed: {error}", self.run.display()));
        run::seal(&self.run, &signers, key).map_err(not_sealed)?;
        say!("{}", self.run.join(SEAL).display());
        for other in signers.iter().skip(1) {
            note!("{} has to sign too: `assay seal {} --key` with that person's key", other.name, self.run.display());
        }
        Ok(0)
    }

    /// Somebody who is named in the seal signs what others sealed; only what is still sound is signed.
    fn sign_too(&self, key: &PrivateKey) -> Result<u8, Failure> {
        if !self.also.is_empty() {
            let what = "is sealed, and who signs is settled: give --key alone";
            return Err(Failure::usage(format!("{}: {what}", self.run.display())));
        }
        let broken = |flaw| Failure::unverified(&self.run, &flaw);
        let sealed = bundle::open_to_sign(&self.run).map_err(broken)?;
        if sealed.statement.predicate_type == TEST_RESULT {
            run::verify(&self.run, &sealed).map_err(broken)?;
        }
        bundle::countersign(&self.run, key)?;
        say!("{}", self.run.join(SEAL).display());
        Ok(0)
    }
}
