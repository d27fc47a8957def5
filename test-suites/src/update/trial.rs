//! The one trial that the update tests share: wrong offers first, then the genuine one, then the older one.

use std::sync::atomic::{AtomicBool, Ordering};

use assay_engine::{Bench, Control, Seen, Stop};
use assay_model::profile::{Account, Component, Update};
use serde::{Deserialize, Serialize};

use super::offer::{Entry, Offer};
use super::packages::{Kind, Package, spoiled};
use crate::support::{account_for, accounts};

/// The offers of one part of the trial, and the version once all of them had their time.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Stage {
    pub(super) offers: Vec<Offer>,
    /// The version before the part, and at its end when no single offer was seen to take effect.
    pub(super) late: Option<(String, String)>,
}

/// What was offered, and what came of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Trial {
    pub(super) unauthorised: Stage,
    pub(super) spoiled: Stage,
    pub(super) genuine: Vec<Offer>,
    pub(super) older: Stage,
    /// What could not be offered, and what the profile would need for it.
    pub(super) missing: Vec<String>,
    /// The version that the genuine package must bring.
    pub(super) wanted: String,
}

impl Stage {
    /// The first offer that took effect.
    pub(super) fn success(&self) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.took_effect())
    }

    /// The versions, when something took effect only after all had been refused.
    pub(super) fn late_change(&self) -> Option<(&str, &str)> {
        self.late.as_ref().filter(|(before, after)| before != after).map(|(before, after)| (before.as_str(), after.as_str()))
    }

    /// All offers in words.
    pub(super) fn lines(&self) -> String {
        self.offers.iter().map(Offer::line).collect::<Vec<_>>().join("; ")
    }
}

impl Trial {
    /// The control: the genuine package from a role that may was installed, as the version read back shows.
    pub(super) fn control(&self, seen: &Seen) -> Option<Control> {
        let installed = self.genuine.iter().find(|offer| offer.took_effect() && offer.after == self.wanted)?;
        let what = format!(
            "the genuine package by {} was installed at the same place: version {} -> {}",
            installed.by(),
            installed.before,
            installed.after
        );
        Some(seen.control(what))
    }

    /// Why there is no control.
    pub(super) fn no_control(&self) -> String {
        match self.genuine.first() {
            None => "the genuine package could not be offered any more, because a wrong offer was installed before".to_owned(),
            Some(offer) => format!(
                "the genuine package was not installed either, or shows another version than `{}`: {}; mend update.genuine, update.settle_seconds or the account",
                self.wanted,
                offer.line()
            ),
        }
    }

    fn something_took_effect(&self) -> bool {
        [&self.unauthorised, &self.spoiled].iter().any(|stage| stage.success().is_some() || stage.late_change().is_some())
    }
}

/// Carries the trial out, or gives what came of it when it was carried out before.
pub(super) async fn trial(bench: &Bench) -> Result<(Trial, Seen), Stop> {
    let component = bench.component()?;
    bench.once(&format!("update/{}", component.id), Box::pin(carry_out(bench.clone(), component.clone()))).await
}

async fn carry_out(bench: Bench, component: Component) -> Result<Trial, Stop> {
    let update = component.update.clone().ok_or_else(|| Stop::missing("add `update` to the component in the profile"))?;
    let entry = Entry::of(&bench, &component, &update)?;
    let installed = untouched_version(&bench, &component, &entry).await?;
    if installed == update.genuine.version {
        let what = format!(
            "version {installed} is installed already: supply a newer genuine package as update.genuine, or install an older one first"
        );
        return Err(Stop::missing(what));
    }
    let right = account_for(&bench, &component.id, entry.interface(), entry.operation())?;
    let mut trial = Trial { wanted: update.genuine.version.clone(), ..Trial::default() };
    let genuine = Package { kind: Kind::Genuine, bytes: bench.file(&update.genuine.file)? };
    trial.unauthorised = unauthorised(&bench, &component, &entry, &genuine, &mut trial.missing).await?;
    if !trial.something_took_effect() {
        let (packages, missing) = spoiled(&bench, &update, &genuine.bytes)?;
        trial.missing.extend(missing);
        let offers: Vec<_> = packages.iter().map(|package| (package, Some(right.clone()))).collect();
        trial.spoiled = stage(&entry, &offers).await?;
    }
    if !trial.something_took_effect() {
        trial.genuine.push(entry.offer(&genuine, Some(&right), true).await?);
    }
    // what was seen so far holds, whatever becomes of this last offer
    match older(&bench, &update, &entry, &right).await {
        Ok(stage) => trial.older = stage,
        Err(Stop::Inconclusive(why)) => trial.missing.push(format!("the offer of the older package came to no end: {why}")),
        Err(other) => return Err(other),
    }
    Ok(trial)
}

/// The version before anything was offered in this run. A trial that was broken off, by a kill or because the product
/// fell silent, may have changed it, or may do so still: then nothing shows any more which offer was installed, and a
/// package that is installed already would seem to have no effect.
async fn untouched_version(bench: &Bench, component: &Component, entry: &Entry) -> Result<String, Stop> {
    let fresh = AtomicBool::new(false);
    let reading = async {
        fresh.store(true, Ordering::Relaxed);
        entry.version().await
    };
    let (first, _seen) = bench.once(&format!("update/{}/before", component.id), reading).await?;
    let now = if fresh.load(Ordering::Relaxed) { first.clone() } else { entry.settled_version(&first).await? };
    if now == first {
        return Ok(first);
    }
    Err(Stop::missing(format!(
        "an earlier trial in this run was broken off, and the version is {now} where it was {first}: which offer was installed is not \
         known; install {first} again and start a new run"
    )))
}

async fn unauthorised(
    bench: &Bench,
    component: &Component,
    entry: &Entry,
    genuine: &Package,
    missing: &mut Vec<String>,
) -> Result<Stage, Stop> {
    let mut offers = vec![(genuine, None)];
    let known = accounts(bench, &component.id, entry.interface());
    match known.into_iter().rev().find(|account| !entry.operation().allows(&account.role)) {
        Some(lowest) => offers.push((genuine, Some(lowest))),
        None => missing.push("no offer by a role that may not update: add an account of such a role to the profile".to_owned()),
    }
    stage(entry, &offers).await
}

async fn older(bench: &Bench, update: &Update, entry: &Entry, right: &Account) -> Result<Stage, Stop> {
    let Some(file) = &update.older else { return Ok(Stage::default()) };
    let package = Package { kind: Kind::Older, bytes: bench.file(&file.file)? };
    stage(entry, &[(&package, Some(right.clone()))]).await
}

/// Makes offers that should all be refused, up to the first that takes effect.
async fn stage(entry: &Entry, offers: &[(&Package, Option<Account>)]) -> Result<Stage, Stop> {
    let mut stage = Stage::default();
    for (package, account) in offers {
        stage.offers.push(entry.offer(package, account.as_ref(), false).await?);
        if stage.success().is_some() {
            return Ok(stage);
        }
    }
    if let Some(first) = stage.offers.first() {
        let before = first.before.clone();
        let after = entry.settled_version(&before).await?;
        stage.late = Some((before, after));
    }
    Ok(stage)
}
