//! Asking people at the terminal.

use std::io::BufRead as _;
use std::path::PathBuf;
use std::sync::Arc;

use assay_engine::{Asker, Assessment, Folder, People};
use assay_model::answers::{About, Answer, Answered, Answers, Reference, SCHEMA, date};
use assay_model::question::{Asked, Visit, Wanted};
use clap::Args;
use tokio::sync::{Mutex, mpsc};

use crate::failure::Failure;
use crate::plan::whereabouts;

/// The file in the folder of a run that holds what was answered at the terminal.
const KEPT: &str = "answers.toml";

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Asking {
    /// Take answers from this file, as `assay questions` writes it (may be given several times)
    #[arg(long, value_name = "FILE")]
    answers: Vec<PathBuf>,
    /// Ask at the terminal what has no answer yet, visit by visit, and during the run what somebody has to do
    ///
    /// The answers are kept in answers.toml in the folder of the run, and can be given to another run with --answers.
    #[arg(long)]
    ask: bool,
    /// With --ask: keep to this visit before the run: desk, bench, plug, app (may be given several times)
    #[arg(long = "visit", value_name = "VISIT", requires = "ask")]
    visits: Vec<String>,
}

impl Asking {
    /// Whoever answers: files, and somebody at the terminal, who is asked now what can be asked before the run.
    pub(crate) async fn people(&self, assessment: &Assessment, folder: &Folder) -> Result<People, Failure> {
        let mut files = self.answers.clone();
        let kept = folder.path().join(KEPT);
        files.extend(kept.is_file().then_some(kept));
        let people = People::of_files(assessment, &files)?;
        if !self.ask {
            return Ok(people);
        }
        let visits = visits(&self.visits)?;
        let open = people.open_questions(assessment);
        let open: Vec<_> = open.into_iter().filter(|asked| visits.contains(&asked.question.visit)).collect();
        let mut terminal = Terminal::open(assessment, folder.clone());
        terminal.introduce(&open).await?;
        let terminal = Arc::new(Mutex::new(terminal));
        let asker: Asker = Arc::new(move |asked| {
            let terminal = Arc::clone(&terminal);
            Box::pin(async move { terminal.lock().await.ask(&asked).await })
        });
        let people = people.with(asker);
        people.ask_before(open).await;
        Ok(people)
    }
}

fn visits(named: &[String]) -> Result<Vec<Visit>, Failure> {
    if named.is_empty() {
        return Ok(Visit::ALL.to_vec());
    }
    let visit = |name: &String| {
        let found = Visit::ALL.into_iter().find(|visit| visit.word() == name);
        found.ok_or_else(|| Failure::usage(format!("there is no visit `{name}`: choose among {}", Visit::ALL.map(Visit::word).join(", "))))
    };
    named.iter().map(visit).collect()
}

/// Somebody at the terminal.
struct Terminal {
    lines: mpsc::UnboundedReceiver<String>,
    folder: Folder,
    kept: Answers,
    visit: Option<Visit>,
}

impl Terminal {
    /// Lines are read by a thread of its own, which the end of the program does not wait for.
    fn open(assessment: &Assessment, folder: Folder) -> Self {
        let (sender, lines) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let product = About::from(&assessment.profile.product);
        let kept = Answers { schema: SCHEMA.to_owned(), product, answered: None, answers: Vec::new() };
        Self { lines, folder, kept, visit: None }
    }

    async fn introduce(&mut self, open: &[Asked]) -> Result<(), Failure> {
        let count = |visit: Visit| open.iter().filter(|asked| asked.question.visit == visit).count();
        let parts: Vec<_> = Visit::ALL.into_iter().map(|visit| format!("{} {}", visit.word(), count(visit))).collect();
        say!("{} questions are open ({}). There is no hurry. An empty line leaves a question open.", open.len(), parts.join(", "));
        let by = self.must("your name").await?;
        let of = self.must("whom you answer for (laboratory, manufacturer, ...)").await?;
        let on = self.day("today's date, like 2026-01-31").await?;
        let until = self.day("the last day on which your answers hold").await?;
        self.kept.answered = Some(Answered { by, of, on, until });
        Ok(())
    }

    /// A line; none when the input ended.
    async fn line(&mut self, prompt: &str) -> Option<String> {
        say!("  {prompt}:");
        self.lines.recv().await.map(|line| line.trim().to_owned())
    }

    async fn must(&mut self, prompt: &str) -> Result<String, Failure> {
        loop {
            let line = self.line(prompt).await.ok_or_else(|| Failure::usage("the input ended before it was said who answers"))?;
            if !line.is_empty() {
                return Ok(line);
            }
        }
    }

    async fn day(&mut self, prompt: &str) -> Result<String, Failure> {
        loop {
            let line = self.must(prompt).await?;
            if date(&line).is_some() {
                return Ok(line);
            }
        }
    }

    /// Asks one question until it is answered in its form or left open, and keeps the answer at once.
    async fn ask(&mut self, asked: &Asked) -> Answer {
        let (question, place) = (&asked.question, &asked.place);
        if self.visit != Some(question.visit) {
            self.visit = Some(question.visit);
            say!("\n== {}", question.visit.place());
        }
        say!("\n{} ({})", question.text, whereabouts(place));
        let (component, interface) = (place.component.clone(), place.interface.clone());
        let mut answer = Answer { question: asked.id(), component, interface, answered: self.kept.answered.clone(), ..Answer::default() };
        match self.value(question.wanted).await {
            None => answer.cancelled = Some("it was left open at the terminal".to_owned()),
            Some(value) if question.wanted.is_file() => answer.file = Some(value),
            Some(value) => answer.value = Some(value),
        }
        if question.wanted == Wanted::Finding && answer.value.is_some() {
            answer.observation = self.line("what was observed, in your own words").await.filter(|line| !line.is_empty());
            answer.reference = self.reference().await;
        }
        if !question.live && answer.cancelled.is_none() {
            self.keep(&answer);
        }
        answer
    }

    async fn value(&mut self, wanted: Wanted) -> Option<String> {
        loop {
            let line = self.line(&wanted.how()).await.filter(|line| !line.is_empty())?;
            let fits = match wanted {
                Wanted::Finding | Wanted::Choice(_) => wanted.words().contains(&line.as_str()),
                Wanted::Number(_) => line.parse::<f64>().is_ok_and(f64::is_finite),
                Wanted::Text => true,
                Wanted::File | Wanted::Photo => std::path::Path::new(&line).is_file(),
            };
            if fits {
                return Some(if wanted.is_file() { absolute(&line) } else { line });
            }
            say!("  that is not {}", wanted.how());
        }
    }

    async fn reference(&mut self) -> Option<Reference> {
        let line = self.line("where it stands: the id of a document and the page, or nothing").await?;
        let (document, place) = line.split_once(' ').unwrap_or((&line, ""));
        (!document.is_empty()).then(|| Reference { document: document.to_owned(), place: place.trim().to_owned() })
    }

    fn keep(&mut self, answer: &Answer) {
        self.kept.answers.push(Answer { answered: None, ..answer.clone() });
        let text = toml::to_string(&self.kept).unwrap_or_default();
        if let Err(error) = self.folder.write_report(KEPT, text.as_bytes()) {
            note!("assay: the answer could not be kept in the folder of the run: {error}");
        }
    }
}

/// The file is named anew from where the run is kept.
fn absolute(name: &str) -> String {
    std::path::absolute(name).map_or_else(|_| name.to_owned(), |path| path.to_string_lossy().into_owned())
}
