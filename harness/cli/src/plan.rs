//! `assay plan`: what would run, without touching the product.

use std::path::PathBuf;

use assay_model::plan::{Place, Plan as Planned};
use clap::Args;

use crate::failure::Failure;
use crate::load::{self, Choosing};

#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// The profile
    profile: PathBuf,
    #[command(flatten)]
    choosing: Choosing,
}

impl Plan {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let assessment = load::assessment(load::profile(&self.profile)?, self.choosing)?;
        let profile = &assessment.profile;
        say!("{} {} ({}), version {}", profile.product.manufacturer, profile.product.name, profile.product.model, profile.product.version);
        say!("baseline {}, policy {}, tests up to {}", assessment.baseline_name, assessment.policy.id, assessment.consent.word());
        let budget = &profile.budget;
        say!(
            "per component: {} connections at a time, {} a second, {} failed log-ins in all",
            budget.connections,
            budget.connections_per_second,
            budget.failed_logins
        );
        for component in &profile.components {
            say!("  {} at {} ({}, sample {})", component.id, component.address, component.role.word(), component.sample);
        }
        show(&assay_engine::plan(&assessment));
        Ok(0)
    }
}

fn show(plan: &Planned) {
    let rows = grouped(plan.steps.iter().map(|step| ((step.safety.word(), step.place.test.as_str(), ""), whereabouts(&step.place))));
    let width = rows.iter().map(|((_, test, _), _)| test.len()).max().unwrap_or_default();
    match plan.steps.len() {
        0 => say!("\nnothing would run"),
        steps => say!("\nwould run, the hardest last ({} tests, {steps} steps):", rows.len()),
    }
    for ((safety, test, _), places) in &rows {
        say!("  {safety:<11}  {test:<width$}  {}", places.join(", "));
    }
    if !plan.aside.is_empty() {
        say!("\nset aside ({} steps):", plan.aside.len());
    }
    let aside = plan.aside.iter();
    let rows = aside.map(|aside| ((aside.verdict.word(), aside.place.test.as_str(), aside.because.as_str()), whereabouts(&aside.place)));
    for ((verdict, test, because), places) in grouped(rows) {
        say!("  {verdict:<14}  {test} on {}: {because}", places.join(", "));
    }
    if !plan.uncovered.is_empty() {
        say!("\nrequirements of the baseline on which nothing would rule ({}):", plan.uncovered.len());
    }
    for uncovered in &plan.uncovered {
        say!("  {:<14} {}", uncovered.id.as_str(), uncovered.because);
    }
}

/// Rows with the same beginning as one, in the order of the first of each.
fn grouped<K: PartialEq>(rows: impl Iterator<Item = (K, String)>) -> Vec<(K, Vec<String>)> {
    let mut groups: Vec<(K, Vec<String>)> = Vec::new();
    for (key, place) in rows {
        match groups.iter_mut().find(|(each, _)| *each == key) {
            Some((_, places)) => places.push(place),
            None => groups.push((key, vec![place])),
        }
    }
    groups
}

/// The subject in words: `hub/web`, `device`, `the product`.
pub(crate) fn whereabouts(place: &Place) -> String {
    match (&place.component, &place.interface) {
        (Some(component), Some(interface)) => format!("{component}/{interface}"),
        (Some(component), None) => component.clone(),
        _ => "the product".to_owned(),
    }
}
