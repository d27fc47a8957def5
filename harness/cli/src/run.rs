//! `assay run`: assess the product that a profile describes.

use std::path::PathBuf;

use assay_engine::{Assessment, Folder, Keyring, People, Progress, carry_out};
use assay_model::run::Run as Found;
use assay_reports::{Format, Options};
use assay_wire::Authority;
use clap::Args;
use tokio::sync::watch;

use crate::ask::Asking;
use crate::failure::Failure;
use crate::load::{self, Choosing};
use crate::report::{self, Written};
use crate::screen;

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The profile
    profile: PathBuf,
    #[command(flatten)]
    choosing: Choosing,
    #[command(flatten)]
    asking: Asking,
    /// Keep runs in this folder
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    /// Go on with the newest unfinished run of this profile in that folder; give the same options again
    ///
    /// Steps that were finished are not done again, and budgets go on where they stood. A trial of updates that was broken
    /// off after the version changed stays inconclusive, because nothing shows any more which package changed it.
    #[arg(long)]
    resume: bool,
}

impl Run {
    pub(crate) async fn carry_out(self) -> Result<u8, Failure> {
        let assessment = load::assessment(load::profile(&self.profile)?, self.choosing)?;
        let plan = assay_engine::plan(&assessment);
        if plan.steps.is_empty() && plan.aside.is_empty() {
            return Err(Failure::usage("nothing would run: `assay plan` with the same options shows why"));
        }
        let folder = if self.resume {
            let folder = Folder::unfinished(&self.out, &assessment.profile_hash)?;
            note!("going on with {}", folder.path().display());
            folder
        } else {
            Folder::create(&self.out, &assessment.profile.product.model)?
        };
        let people = self.asking.people(&assessment, &folder).await?;
        let run = assess(assessment, &folder, people).await?;
        if !folder.is_finished() {
            note!("this run was stopped: `--resume` with the same profile and options goes on with it");
        }
        Ok(run.conclusion.exit_code())
    }
}

/// Carries out an assessment in a folder, writes its reports and tells the conclusion.
pub(crate) async fn assess(assessment: Assessment, folder: &Folder, people: People) -> Result<Found, Failure> {
    let authority = Authority::of_profile(&assessment.profile).await.map_err(Failure::usage)?;
    let (stop, stopped) = watch::channel(false);
    let listening = tokio::spawn(stop_on_interrupt(stop));
    let reported = reported(assessment, folder, authority, people, screen::progress(), stopped).await;
    listening.abort();
    let (run, written) = reported?;
    screen::conclude(&run, folder, &written);
    Ok(run)
}

/// Carries out an assessment in a folder and writes its reports.
pub(crate) async fn reported(
    assessment: Assessment,
    folder: &Folder,
    authority: Authority,
    people: People,
    progress: Progress,
    stopped: watch::Receiver<bool>,
) -> Result<(Found, Written), Failure> {
    let keyring = Keyring::fetch(&assessment.profile, &assessment.folder)?;
    let run = carry_out(assessment, folder, authority, keyring, people, progress, stopped).await?;
    let written = report::write(&run, folder, &Format::UNASKED, &Options::default())?;
    Ok((run, written))
}

/// The first Ctrl-C lets the running step end and keeps what is finished; the second ends the program.
pub(crate) async fn stop_on_interrupt(stop: watch::Sender<bool>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        note!("stopping after the running step; press Ctrl-C again to leave at once (nothing finished is lost)");
        stop.send_replace(true);
    }
    if tokio::signal::ctrl_c().await.is_ok() {
        std::process::exit(130);
    }
}
