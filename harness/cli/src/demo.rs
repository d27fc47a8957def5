//! `assay demo`: the main job on the reference product, inside this process.

use std::path::{Path, PathBuf};

use assay_engine::{Folder, People, stand_in};
use assay_model::answers::{Answered, Answers};
use assay_model::evidence::sha256_hex;
use assay_model::form::near;
use clap::Args;
use reference_product::{Addresses, Fault, Settings, start};

use crate::failure::Failure;
use crate::load::{self, Choosing, Loaded};
use crate::run;

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Give the product this fault (may be given several times)
    #[arg(long = "fault", value_name = "NAME")]
    faults: Vec<String>,
    /// List the faults
    #[arg(long)]
    list_faults: bool,
    /// Keep runs in this folder
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    #[command(flatten)]
    choosing: Choosing,
}

impl Demo {
    pub(crate) async fn carry_out(self) -> Result<u8, Failure> {
        if self.list_faults {
            for fault in Fault::ALL {
                say!("{:<24} {}", fault.to_string(), fault.describe());
            }
            return Ok(0);
        }
        let faults = self.faults.iter().map(|name| fault(name)).collect::<Result<_, _>>()?;
        let state = tempfile::tempdir().map_err(Failure::harness)?;
        let settings = Settings { faults, addresses: Addresses::claim(), state: state.path().to_owned(), ..Settings::default() };
        let product = start(settings).await.map_err(|error| Failure::harness(format!("the reference product does not start: {error}")))?;
        note!("a simulated connected dishwasher (device, hub, backend) runs on loopback; assessing it");
        let text = product.profile();
        let profile = load::from_text("reference product", text, state.path())?;
        let loaded = Loaded { profile, hash: sha256_hex(text.as_bytes()), folder: state.path().to_owned() };
        let assessment = load::assessment(loaded, self.choosing)?;
        let folder = Folder::create(&self.out, &assessment.profile.product.model)?;
        let people = People::of_files(&assessment, &[])?.with(stand_in(answered(state.path())?, product.person()));
        let run = run::assess(assessment, &folder, people).await;
        product.stop().await;
        Ok(run?.conclusion.exit_code())
    }
}

/// Who answers for the simulated product, today.
fn answered(state: &Path) -> Result<Answered, Failure> {
    let text = std::fs::read_to_string(state.join("answers/configuration.toml")).map_err(Failure::harness)?;
    let answers: Answers = toml::from_str(&text).map_err(Failure::harness)?;
    answers.answered.ok_or_else(|| Failure::harness("nothing says who answers for the reference product"))
}

fn fault(name: &str) -> Result<Fault, Failure> {
    name.parse().map_err(|_| {
        let names: Vec<String> = Fault::ALL.iter().map(ToString::to_string).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let meant = near(name, &names).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        Failure::usage(format!("there is no fault `{name}`: {meant}`assay demo --list-faults` shows all"))
    })
}
