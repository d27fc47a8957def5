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
        println!(
            "{} {} ({}), version {}",
            profile.product.manufacturer, profile.product.name, profile.product.model, profile.product.version
        );
        println!("baseline {}, policy {}, tests up to {}", assessment.baseline_name, assessment.policy.id, assessment.consent.word());
        let budget = &profile.budget;
        println!(
            "per component: {} connections at a time, {} a second, {} failed log-ins in all",
            budget.connections, budget.connections_per_second, budget.failed_logins
        );
        for component in &profile.components {
            println!("  {} at {} ({}, sample {})", component.id, component.address, component.role.word(), component.sample);
        }
        show(&assay_engine::plan(&assessment));
        Ok(0)
    }
}

fn show(plan: &Planned) {
    println!("\nwould run ({}), the hardest last:", plan.steps.len());
    for step in &plan.steps {
        println!("  {:<12} {:<36} {}", step.safety.word(), step.place.test, whereabouts(&step.place));
    }
    if !plan.aside.is_empty() {
        println!("\nset aside ({}):", plan.aside.len());
    }
    for aside in &plan.aside {
        println!("  {:<14} {:<36} {}: {}", aside.verdict.word(), aside.place.test, whereabouts(&aside.place), aside.because);
    }
    if !plan.uncovered.is_empty() {
        println!("\nrequirements of the baseline on which nothing would rule ({}):", plan.uncovered.len());
    }
    for uncovered in &plan.uncovered {
        println!("  {:<14} {}", uncovered.id.as_str(), uncovered.because);
    }
}

/// The subject in words: `hub/web`, `device`, `the product`.
pub(crate) fn whereabouts(place: &Place) -> String {
    match (&place.component, &place.interface) {
        (Some(component), Some(interface)) => format!("{component}/{interface}"),
        (Some(component), None) => component.clone(),
        _ => "the product".to_owned(),
    }
}
