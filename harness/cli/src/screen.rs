//! What the terminal shows: a progress line where there is one, plain lines elsewhere, and the conclusion.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use assay_engine::{Folder, Progress};
use assay_model::event::Event;
use assay_model::plan::Place;
use assay_model::run::Run;
use indicatif::{ProgressBar, ProgressStyle};

use crate::plan::whereabouts;

/// Whether colours may be used in messages.
pub(crate) fn colour() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Shows events as they come.
pub(crate) fn progress() -> Progress {
    if !std::io::stderr().is_terminal() {
        return Arc::new(|event, done, all| {
            if let Some(line) = line(event) {
                eprintln!("[{done}/{all}] {line}");
            }
        });
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {wide_bar} {elapsed} {msg:40!}") {
        bar.set_style(style);
    }
    Arc::new(move |event, done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        match event {
            Event::Began { place } => bar.set_message(place.test.clone()),
            Event::Finished | Event::Stopped { .. } => bar.finish_and_clear(),
            _ => {
                if let Some(line) = line(event) {
                    bar.println(line);
                }
            }
        }
    })
}

fn line(event: &Event) -> Option<String> {
    match event {
        Event::Ended { result } => {
            let place = Place { test: result.test.clone(), component: result.component.clone(), interface: result.interface.clone() };
            Some(format!("{:<14} {:<36} {}", result.verdict.word(), result.test, whereabouts(&place)))
        }
        Event::Silent { component, detail } => Some(format!("paused: {component} does not answer ({detail}); waiting for it")),
        Event::Back { component } => Some(format!("{component} answers again; going on")),
        Event::Resumed { finished } => Some(format!("going on after {finished} finished steps")),
        Event::Stopped { because } => Some(format!("stopped: {because}")),
        Event::Started { .. } | Event::Began { .. } | Event::Fact { .. } | Event::Finished => None,
    }
}

/// Tells the conclusion of a run and where its reports are.
pub(crate) fn conclude(run: &Run, folder: &Folder, reports: &[PathBuf]) {
    println!("{} {}: {}", run.product.name, run.product.version, run.conclusion.word());
    println!("{}", folder.path().display());
    for path in reports {
        println!("{}", path.display());
    }
}
