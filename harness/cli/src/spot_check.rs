//! `assay spot-check`: a declaration held against a delivered unit.

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::path::PathBuf;

use assay_conformity::declaration::{Claim, Declaration, Standing};
use assay_conformity::sample::{Sample, USUAL_SHARE, draw};
use assay_conformity::spot_check::{compare, object_by_profile, unusable};
use assay_engine::{Assessment, Folder, unix_now};
use assay_reports::{sdoc, spot_check, visible_line};
use assay_seal::PublicKey;
use clap::Args;
use time::OffsetDateTime;

use crate::ask::Asking;
use crate::declare;
use crate::failure::Failure;
use crate::load::{self, Choosing, Class};
use crate::run;

#[derive(Debug, Args)]
pub(crate) struct SpotCheck {
    /// The folder of the declaration
    declaration: PathBuf,
    /// The profile of the unit
    #[arg(long, value_name = "FILE")]
    profile: PathBuf,
    /// A public key that must have signed the declaration (may be given several times)
    #[arg(long = "key", value_name = "FILE")]
    keys: Vec<PathBuf>,
    /// Draw the sample by this seed; made up, and written down, when absent
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,
    /// Draw this part of each family, in hundredths
    #[arg(long, value_name = "PERCENT", default_value_t = USUAL_SHARE, value_parser = clap::value_parser!(u8).range(1..=100))]
    share: u8,
    /// Take every claim
    #[arg(long, conflicts_with = "share")]
    all: bool,
    /// Permit tests up to this class
    #[arg(long, value_name = "CLASS")]
    consent: Option<Class>,
    #[command(flatten)]
    asking: Asking,
    /// Keep runs in this folder
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
}

impl SpotCheck {
    pub(crate) async fn carry_out(self) -> Result<u8, Failure> {
        let keys = self.keys.iter().map(|path| PublicKey::open(path)).collect::<Result<Vec<_>, _>>()?;
        let (declaration, seal) = declare::open(&self.declaration, &keys)?;
        if keys.is_empty() {
            note!("the seal of the declaration holds; whose key made it was not checked: give --key");
        }
        let today = OffsetDateTime::from_unix_timestamp(unix_now()).map_err(Failure::harness)?.date().to_string();
        if let Some(why) = unusable(&declaration, &today) {
            return Err(Failure::Refused { what: format!("this declaration is held against nothing: {why}"), code: 3 });
        }
        let loaded = load::profile(&self.profile)?;
        let differs: Vec<String> = object_by_profile(&declaration, &loaded.profile)
            .into_iter()
            .filter(|point| point.same == Some(false))
            .map(|point| visible_line(&format!("{} is `{}`, declared is `{}`", point.what, point.found, point.declared)))
            .collect();
        if !differs.is_empty() {
            let what = format!("the profile is not about the declared object, so nothing is comparable:\n  {}", differs.join("\n  "));
            return Err(Failure::Refused { what, code: 3 });
        }
        let seed = self.seed.unwrap_or_else(made_up);
        let sample = draw(&declaration.requirements.claims, &seed, if self.all { 100 } else { self.share });
        note!("seed {seed}: {} of {} claims are in the sample", sample.taken.len(), declaration.requirements.claims.len());
        let choosing = Choosing::all_by(declaration.assessment.method.policy.clone(), self.consent);
        let assessment = retest(load::assessment(loaded, choosing)?, &declaration, &sample);
        let profile = std::sync::Arc::clone(&assessment.profile);
        let folder = Folder::create(&self.out, &format!("spot-check-{}", assessment.profile.product.model))?;
        let people = self.asking.people(&assessment, &folder).await?;
        let run = run::assess(assessment, &folder, people).await?;
        let check = compare(&declaration, &seal, &profile, sample, &run);
        folder.write_report("spot-check.json", sdoc::json(&check).map_err(Failure::harness)?.as_bytes())?;
        let page = folder.write_report("spot-check.html", spot_check::html(&check).map_err(Failure::harness)?.as_bytes())?;
        say!("\n{}spot check:  {}", spot_check::text(&check), page.display());
        Ok(check.conclusion.exit_code())
    }
}

/// The tests that the sampled claims rest on, and these claims as baseline, with what the tests of alternatives rule on.
fn retest(mut assessment: Assessment, declaration: &Declaration, sample: &Sample) -> Assessment {
    let taken = |claim: &&Claim| sample.taken.iter().any(|taken| taken.id == claim.id);
    let (mut tests, mut baseline) = (BTreeSet::new(), BTreeSet::new());
    for claim in declaration.requirements.claims.iter().filter(taken) {
        baseline.insert(claim.id.clone());
        for support in &claim.rests_on {
            tests.insert(support.place.test.clone());
            if claim.standing == Standing::SatisfiedByAlternative {
                baseline.extend(support.requirements.iter().cloned());
            }
        }
    }
    assessment.selection.tests = tests.into_iter().collect();
    assessment.selection.methods.clear();
    assessment.baseline = assessment.catalog.requirements().map(|entry| entry.id.clone()).filter(|id| baseline.contains(id)).collect();
    assessment.baseline_name = format!("spot check of declaration {}", declaration.issuer.number);
    assessment
}

/// A seed that nobody chose.
fn made_up() -> String {
    // the standard library keys each of these from the randomness of the system
    let number = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", number(), number())
}
