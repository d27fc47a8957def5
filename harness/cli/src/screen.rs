//! What the terminal shows: a progress line where there is one, plain lines elsewhere, and the conclusion.

use std::fmt;
use std::io::{ErrorKind, IsTerminal, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use assay_engine::{Folder, Progress};
use assay_model::event::Event;
use assay_model::run::Run;
use indicatif::{ProgressBar, ProgressStyle};

use crate::plan::whereabouts;
use crate::report::Written;

/// Whether colours may be used in messages.
pub(crate) fn colour() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Writes a line to the standard output. That nobody reads on, as with `| head`, is no reason to stop.
pub(crate) fn say(words: fmt::Arguments<'_>) {
    if let Err(error) = writeln!(std::io::stdout(), "{words}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        note(format_args!("assay: the output cannot be written: {error}"));
        std::process::exit(4);
    }
}

/// Writes JSON to the standard output, on one line or laid out (`{:#}`), so that what a product says moves no cursor.
pub(crate) fn say_json(value: fmt::Arguments<'_>) {
    say(format_args!("{}", assay_reports::visible_json(&value.to_string())));
}

/// Writes a line to the standard error, if that can be written to.
pub(crate) fn note(words: fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// Shows events as they come.
pub(crate) fn progress() -> Progress {
    if !std::io::stderr().is_terminal() {
        return Arc::new(|event, done, all| {
            if let Some(line) = line(event) {
                let width = all.to_string().len();
                note!("[{done:>width$}/{all}] {line}");
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

/// The progress of many runs: one bar for all their steps where there is a terminal, and a line for each that ended.
pub(crate) struct Board {
    bar: ProgressBar,
    products: usize,
    ended: AtomicUsize,
}

impl Board {
    pub(crate) fn new(products: usize, steps: usize) -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new(steps as u64) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {wide_bar} {elapsed} {msg}") {
            bar.set_style(style);
        }
        bar.set_message(format!("0 of {products} products"));
        Self { bar, products, ended: AtomicUsize::new(0) }
    }

    /// Shows the events of one product's run.
    pub(crate) fn of(&self, id: &str) -> Progress {
        let (bar, id) = (self.bar.clone(), id.to_owned());
        Arc::new(move |event, _, _| match event {
            Event::Ended { .. } => bar.inc(1),
            other => {
                if let Event::Resumed { finished, .. } = other {
                    bar.inc(*finished as u64);
                }
                if let Some(line) = line(other) {
                    above(&bar, &format!("{id}: {line}"));
                }
            }
        })
    }

    /// Shows how one product ended.
    pub(crate) fn ended(&self, id: &str, told: &str) {
        let ended = self.ended.fetch_add(1, Ordering::Relaxed) + 1;
        self.bar.set_message(format!("{ended} of {} products", self.products));
        above(&self.bar, &format!("[{ended}/{}] {id}: {told}", self.products));
    }

    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

fn above(bar: &ProgressBar, line: &str) {
    if bar.is_hidden() {
        note!("{line}");
    } else {
        bar.println(line);
    }
}

/// What is told of an event, on one line.
fn line(event: &Event) -> Option<String> {
    let words = match event {
        Event::Ended { result, .. } => {
            Some(format!("{:<14}  {:<36}  {}", result.verdict.word(), result.test, whereabouts(&result.place())))
        }
        Event::Silent { component, detail } => Some(format!("paused: {component} does not answer ({detail}); waiting for it")),
        Event::Back { component } => Some(format!("{component} answers again; going on")),
        Event::Resumed { finished, rest_seconds: 0 } => Some(format!("going on: {finished} steps were finished before")),
        Event::Resumed { finished, rest_seconds } => Some(format!(
            "going on: {finished} steps were finished before; before the harder ones {rest_seconds} s of rest, because a log-in may be locked"
        )),
        Event::Stopped { because } => Some(format!("stopped: {because}")),
        Event::Started { .. } | Event::Began { .. } | Event::Fact { .. } | Event::Finished => None,
    };
    words.map(|words| assay_reports::visible_line(&words))
}

/// Tells the conclusion of a run and where its reports are.
pub(crate) fn conclude(run: &Run, folder: &Folder, written: &Written) {
    say!("{}", assay_reports::text::render(run, width()).trim_end());
    say!("\nrun:         {}", folder.path().join("run.json").display());
    for path in &written.paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let what = match name.as_str() {
            "report.html" => "report:",
            "junit.xml" => "JUnit:",
            name if name.starts_with("oscal-") => "OSCAL:",
            _ => "declaration:",
        };
        say!("{what:<12} {}", path.display());
    }
    if written.refused.is_some() {
        say!("declaration: none; `assay report {} --format sdoc` lists what stands against one", folder.path().display());
    }
}

/// The width that the shell tells, or one that is easy to read.
fn width() -> usize {
    let known = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    known.unwrap_or(100)
}
