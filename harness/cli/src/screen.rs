//! What the terminal shows: a progress line where there is one, plain lines elsewhere, and the conclusion.

use std::io::IsTerminal;
use std::sync::Arc;

use assay_engine::{Folder, Progress};
use assay_model::event::Event;
use assay_model::plan::Place;
use assay_model::run::Run;
use indicatif::{ProgressBar, ProgressStyle};

use crate::plan::whereabouts;
use crate::report::Written;

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
pub(crate) fn conclude(run: &Run, folder: &Folder, written: &Written) {
    println!("{}", assay_reports::text::render(run, width()).trim_end());
    println!("\nrun:         {}", folder.path().join("run.json").display());
    for path in &written.paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let what = match name.as_str() {
            "report.html" => "report:",
            "junit.xml" => "JUnit:",
            _ => "declaration:",
        };
        println!("{what:<12} {}", path.display());
    }
    if written.refused.is_some() {
        println!(
            "declaration: none, because the run does not bear one; `assay report {} --format sdoc` lists why",
            folder.path().display()
        );
    }
}

/// The width that the shell tells, or one that is easy to read.
fn width() -> usize {
    let known = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    known.unwrap_or(100)
}
