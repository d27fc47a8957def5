//! `assay campaign`: many products at once, each within its own budgets.

mod lanes;
mod list;
mod summary;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assay_engine::{Assessment, Error, Folder, People, plan};
use assay_model::run::Run as RunRecord;
use assay_wire::Authority;
use clap::Args;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::failure::Failure;
use crate::load::{self, Choosing};
use crate::run;
use crate::screen::Board;
use list::{List, Listed};
use summary::{Line, Outcome, Summary};

/// Products that are at work at the same time, at most.
const ABREAST: u16 = 256;
/// The same for each processor, unless the user says otherwise: a run waits most of its time, but where the machine falls
/// behind, what it measures of a product is its own slowness.
const ABREAST_EACH: usize = 32;

#[derive(Debug, Args)]
pub(crate) struct Campaign {
    /// The list: TOML with schema = "assay.campaign/1" and for each product a [[product]] with `id` and `profile`, and where
    /// wanted `answers` (files) and `choose` (baseline, policy, consent, test, requirement, component, method)
    list: PathBuf,
    #[command(flatten)]
    choosing: Choosing,
    /// Keep the summary and the folders of the products here, rather than where the list says with `out`, or in campaign
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Products at work at the same time, 256 at most [default: 32 for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=i64::from(ABREAST)))]
    jobs: Option<u16>,
    /// Go on with a campaign that was stopped: runs of the same profile and choice in these folders go on, or count as they
    /// are if they are finished
    #[arg(long)]
    resume: bool,
}

/// A product that can be assessed.
struct Ready {
    id: String,
    profile: PathBuf,
    answers: Vec<PathBuf>,
    assessment: Assessment,
    authority: Authority,
}

/// What all runs share.
struct Yard {
    out: PathBuf,
    resume: bool,
    jobs: Semaphore,
    files: Semaphore,
    files_free: usize,
    board: Board,
    stopped: watch::Receiver<bool>,
}

impl Campaign {
    pub(crate) async fn carry_out(self) -> Result<u8, Failure> {
        let list = List::read(&self.list)?;
        let out = list.out(self.out);
        std::fs::create_dir_all(&out).map_err(|error| Failure::usage(format!("{}: {error}", out.display())))?;
        let names: Vec<(String, PathBuf)> = list.products.iter().map(|each| (each.id.clone(), each.profile.clone())).collect();
        let mut outcomes = BTreeMap::new();
        let mut ready = BTreeMap::new();
        for (at, prepared) in prepare_all(list.products, &self.choosing).await? {
            match prepared {
                Ok(product) => drop(ready.insert(at, product)),
                Err(failure) => drop(outcomes.insert(at, Outcome::of_failure(&failure, &names[at].1))),
            }
        }
        let (stop, stopped) = watch::channel(false);
        let listening = tokio::spawn(run::stop_on_interrupt(stop));
        let steps = ready.values().map(|product| plan(&product.assessment).steps.len()).sum();
        let files_free = lanes::files_free();
        let yard = Arc::new(Yard {
            resume: self.resume,
            jobs: Semaphore::new(self.jobs.map_or_else(usual_jobs, usize::from)),
            files: Semaphore::new(files_free),
            files_free,
            board: Board::new(names.len(), steps),
            stopped,
            out,
        });
        for (at, outcome) in &outcomes {
            yard.board.ended(&names[*at].0, &outcome.told());
        }
        outcomes.extend(yard.all(ready).await?);
        listening.abort();
        yard.board.clear();
        let line = |((id, profile), outcome)| Line { id, profile, outcome };
        conclude(&Summary::of(names.into_iter().zip(outcomes.into_values()).map(line).collect()), &yard.out)
    }
}

fn usual_jobs() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    (processors * ABREAST_EACH).min(usize::from(ABREAST))
}

fn conclude(summary: &Summary, out: &Path) -> Result<u8, Failure> {
    let path = summary.write(out)?;
    say!("{}\nsummary: {}", summary.table(), path.display());
    Ok(summary.exit_code())
}

/// Reads all profiles and resolves their names, all at once.
async fn prepare_all(products: Vec<Listed>, choosing: &Choosing) -> Result<Vec<(usize, Result<Ready, Failure>)>, Failure> {
    let mut preparing = JoinSet::new();
    for (at, listed) in products.into_iter().enumerate() {
        let choosing = choosing.clone();
        preparing.spawn(async move { (at, prepare(listed, &choosing).await) });
    }
    let mut all = Vec::new();
    while let Some(prepared) = preparing.join_next().await {
        all.push(prepared.map_err(Failure::harness)?);
    }
    Ok(all)
}

async fn prepare(listed: Listed, choosing: &Choosing) -> Result<Ready, Failure> {
    let Listed { id, profile, answers, choose } = listed;
    let assessment = load::assessment(load::profile(&profile)?, choose.or(choosing))?;
    let planned = plan(&assessment);
    if planned.steps.is_empty() && planned.aside.is_empty() {
        return Err(Failure::usage(format!("nothing would run: `assay plan {}` with the same options shows why", profile.display())));
    }
    let authority = Authority::of_profile(&assessment.profile).await.map_err(Failure::usage)?;
    Ok(Ready { id, profile, answers, assessment, authority })
}

impl Yard {
    /// Assesses all, each lane for itself.
    async fn all(self: &Arc<Self>, ready: BTreeMap<usize, Ready>) -> Result<BTreeMap<usize, Outcome>, Failure> {
        let takes: Vec<_> = ready.values().map(|product| lanes::takes(&product.assessment.profile, &product.authority)).collect();
        let mut ready: Vec<_> = ready.into_iter().map(Some).collect();
        let mut running = JoinSet::new();
        for lane in lanes::lanes(&takes) {
            let lane: Vec<(usize, Ready)> = lane.into_iter().filter_map(|each| ready[each].take()).collect();
            if let [(_, first), others @ ..] = &lane[..]
                && !others.is_empty()
            {
                let others: Vec<_> = others.iter().map(|(_, product)| product.id.as_str()).collect();
                note!("one after another, because they share an address: {}, {}", first.id, others.join(", "));
            }
            let yard = Arc::clone(self);
            running.spawn(async move {
                let mut ended = Vec::new();
                for (at, product) in lane {
                    ended.push((at, yard.outcome(product).await));
                }
                ended
            });
        }
        let mut outcomes = BTreeMap::new();
        while let Some(lane) = running.join_next().await {
            outcomes.extend(lane.map_err(Failure::harness)?);
        }
        Ok(outcomes)
    }

    /// How this product ended. A panic is a fault of the harness and stays within the product.
    async fn outcome(self: &Arc<Self>, product: Ready) -> Outcome {
        let (id, profile, yard) = (product.id.clone(), product.profile.clone(), Arc::clone(self));
        let outcome = match tokio::spawn(async move { yard.assess(product).await }).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(failure)) => Outcome::of_failure(&failure, &profile),
            Err(error) => Outcome::of_failure(&Failure::harness(format!("the run broke off: {error}")), &profile),
        };
        self.board.ended(&id, &outcome.told());
        outcome
    }

    async fn assess(&self, product: Ready) -> Result<Outcome, Failure> {
        let Ready { id, answers, assessment, authority, .. } = product;
        let files = lanes::files(&assessment.profile, &authority).min(self.files_free);
        let _job = self.jobs.acquire().await.map_err(Failure::harness)?;
        let _files = self.files.acquire_many(u32::try_from(files).unwrap_or(u32::MAX)).await.map_err(Failure::harness)?;
        if *self.stopped.borrow() {
            return Ok(Outcome::not_begun());
        }
        let (folder, known) = self.folder(&self.out.join(&id), &assessment)?;
        let whereabouts = Path::new(&id).join(folder.id());
        if let Some(run) = known {
            return Ok(Outcome::of_run(&run, true, whereabouts));
        }
        let people = People::of_files(&assessment, &answers)?;
        let (run, _) = run::reported(assessment, &folder, authority, people, self.board.of(&id), self.stopped.clone()).await?;
        Ok(Outcome::of_run(&run, folder.is_finished(), whereabouts))
    }

    /// The folder of the run below `home`, and the run if it is there and finished.
    fn folder(&self, home: &Path, assessment: &Assessment) -> Result<(Folder, Option<RunRecord>), Failure> {
        if self.resume {
            match Folder::unfinished(home, &assessment.profile_hash) {
                Ok(folder) => return Ok((folder, None)),
                Err(Error::Setting(_)) => {}
                Err(error) => return Err(error.into()),
            }
            if let Some((folder, run)) = finished(home, assessment) {
                return Ok((folder, Some(run)));
            }
        }
        Ok((Folder::create(home, &assessment.profile.product.model)?, None))
    }
}

/// The newest finished run of this profile and choice.
fn finished(home: &Path, assessment: &Assessment) -> Option<(Folder, RunRecord)> {
    let folders = std::fs::read_dir(home).ok()?.flatten().filter_map(|entry| Folder::open(&entry.path()).ok());
    let runs = folders.filter(Folder::is_finished).filter_map(|folder| folder.read_run().ok().map(|run| (folder, run)));
    let planned = plan(assessment);
    let same = |(folder, run): &(Folder, RunRecord)| {
        run.method.profile_hash == assessment.profile_hash
            && run.method.policy == assessment.policy.id
            && run.method.harness == assessment.harness
            && folder.read_plan().is_ok_and(|before| before == planned)
    };
    runs.filter(same).max_by(|(_, one), (_, other)| one.finished.cmp(&other.finished))
}

/// Reads any text as the list of a campaign, for the tests that drive every reader.
#[cfg(test)]
pub(crate) fn read_anything(text: &str) {
    let _ = List::of_text("list.toml", text);
}
