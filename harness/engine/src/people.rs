//! People as instruments: what they were asked, what they answered, and until when it holds.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use assay_model::answers::{self, Answer, Answered};
use assay_model::evidence::sha256_hex;
use assay_model::form;
use assay_model::question::{Asked, Question, Wanted};
use assay_model::run::Control as ControlRecord;
use serde_json::json;
use time::Date;

use crate::assessment::Assessment;
use crate::bench::Bench;
use crate::error::Error;
use crate::planning::plan;
use crate::ruling::{Control, Seen, Stop};
use crate::test::{Applies, Subject};

/// Puts a question to somebody and waits, without end, for the answer.
pub type Asker = Arc<dyn Fn(Asked) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;

/// Somebody who answers at once, by the name of the question: one who stands for the people at a simulated product.
pub fn stand_in(answered: Answered, answer: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Asker {
    Arc::new(move |asked| {
        let value = answer(&asked.id());
        let answer = Answer {
            question: asked.id(),
            component: asked.place.component.clone(),
            interface: asked.place.interface.clone(),
            cancelled: value.is_none().then(|| "nobody at the simulated product can tell".to_owned()),
            value,
            answered: Some(answered.clone()),
            ..Answer::default()
        };
        Box::pin(async move { answer })
    })
}

/// The people who answer during a run, and what they answered before it.
#[derive(Clone, Default)]
pub struct People {
    answers: Arc<Mutex<Vec<Answer>>>,
    asker: Option<Asker>,
}

impl std::fmt::Debug for People {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("People").field("present", &self.asker.is_some()).finish_non_exhaustive()
    }
}

impl People {
    /// People who answered before, in the files that the profile names and in these. Where a question is answered in
    /// several of them, the last file counts.
    ///
    /// # Errors
    /// [`Error::File`] for a file that cannot be read, [`Error::Answers`] for one with mistakes.
    pub fn of_files(assessment: &Assessment, more: &[PathBuf]) -> Result<Self, Error> {
        let mut answers = Vec::new();
        let named = assessment.profile.answers.iter().map(|name| assessment.folder.join(name));
        for path in named.chain(more.iter().cloned()) {
            answers.splice(0..0, read(assessment, &path)?);
        }
        Ok(Self { answers: Arc::new(Mutex::new(answers)), asker: None })
    }

    /// Somebody is there to be asked.
    #[must_use]
    pub fn with(self, asker: Asker) -> Self {
        Self { asker: Some(asker), ..self }
    }

    fn known(&self, asked: &Asked) -> Option<Answer> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.iter().find(|answer| answer.is_to(&asked.id(), &asked.place)).cloned()
    }

    /// What was answered before, if the question may be answered before; else what somebody answers now.
    async fn answer(&self, asked: &Asked) -> Result<Answer, Stop> {
        if !asked.question.live
            && let Some(answer) = self.known(asked)
        {
            return Ok(answer);
        }
        let Some(asker) = &self.asker else {
            return Err(Stop::NotRun(if asked.question.live {
                format!("somebody has to be there: run it with --ask ({})", asked.question.text)
            } else {
                format!(
                    "nobody answered `{}`: `assay questions` writes the questions, and --ask or --answers takes the answers",
                    asked.id()
                )
            }));
        };
        let answer = asker(asked.clone()).await;
        if !asked.question.live {
            self.answers.lock().unwrap_or_else(PoisonError::into_inner).push(answer.clone());
        }
        Ok(answer)
    }

    /// The questions of the planned steps that can be answered before a run and have no answer yet.
    pub fn open_questions(&self, assessment: &Assessment) -> Vec<Asked> {
        questions(assessment).into_iter().filter(|asked| !asked.question.live && self.known(asked).is_none()).collect()
    }

    /// Asks everything that is open, in this order.
    pub async fn ask_before(&self, open: Vec<Asked>) {
        for asked in open {
            let _kept = self.answer(&asked).await;
        }
    }
}

/// Reads one file of answers; the files that it names are then named from where the program runs.
fn read(assessment: &Assessment, path: &Path) -> Result<Vec<Answer>, Error> {
    let size = std::fs::metadata(path).map_err(Error::file(path))?.len();
    if size > form::MAX_BYTES as u64 {
        return Err(Error::content(path, format!("a file of answers is at most {} bytes long, this one has {size}", form::MAX_BYTES)));
    }
    let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
    let documents: Vec<&str> = assessment.profile.documents.iter().map(|document| document.id.as_str()).collect();
    let known = answers::Known { product: &assessment.profile.product, questions: &every_question(assessment), documents: &documents };
    let mut answers = answers::read(&path.display().to_string(), &text, &known).map_err(Error::Answers)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    for file in answers.iter_mut().filter_map(|answer| answer.file.as_mut()) {
        *file = folder.join(&*file).to_string_lossy().into_owned();
    }
    Ok(answers)
}

/// Every question of the planned steps, in the order of the visits.
pub fn questions(assessment: &Assessment) -> Vec<Asked> {
    let planned: Vec<_> = plan(assessment).steps.into_iter().map(|step| step.place).collect();
    let mut all = every_question(assessment);
    all.retain(|asked| planned.contains(&asked.place));
    all.sort_by_key(|asked| asked.question.visit);
    all
}

/// Every question that the tests have about the product, planned or not.
fn every_question(assessment: &Assessment) -> Vec<Asked> {
    let mut all = Vec::new();
    for test in &assessment.tests {
        let about = Subject::all(&assessment.profile).filter(|subject| (test.applies)(subject) == Applies::Yes);
        let asked =
            about.flat_map(|subject| test.asks.iter().map(move |question| Asked { place: subject.place(test.id), question: *question }));
        all.extend(asked);
    }
    all
}

/// What a person answered, recorded.
#[derive(Debug, Clone)]
pub struct Told {
    /// The answer.
    pub answer: Answer,
    /// The value, without white space around it.
    pub value: String,
    /// The bytes of the file that came with it.
    pub file: Vec<u8>,
    /// Where it is recorded.
    pub seen: Seen,
    answered: Answered,
}

impl Told {
    /// The control of what is attested: who says so, when, and until when it holds.
    pub fn control<'t>(all: impl IntoIterator<Item = &'t Self>) -> Control {
        let (mut evidence, mut people, mut until) = (Vec::new(), Vec::new(), None);
        for told in all {
            evidence.extend(told.seen.evidence.iter().cloned());
            // days as files write them sort as they follow each other
            until = until.into_iter().chain([told.answered.until.clone()]).min();
            let who = told.answered.told();
            if !people.contains(&who) {
                people.push(who);
            }
        }
        Control(ControlRecord { what: format!("answered by {}", people.join(", and by ")), evidence, until })
    }
}

impl Bench {
    /// Asks a person, and records the answer. Waits without end where somebody is there to be asked.
    ///
    /// # Errors
    /// [`Stop::NotRun`] when nobody answered or the question was cancelled, [`Stop::Inconclusive`] when the answer no
    /// longer holds or is not of the form that was asked for, [`Stop::Error`] when a file cannot be read.
    pub async fn ask(&self, question: &Question) -> Result<Told, Stop> {
        let asked = Asked { place: self.place().clone(), question: *question };
        let answer = self.asking(self.people().answer(&asked)).await?;
        let id = asked.id();
        if let Some(why) = answer.cancelled.as_ref().filter(|why| !why.trim().is_empty()) {
            return Err(Stop::NotRun(format!("`{id}` was not answered: {why}")));
        }
        let file = answer.file.as_ref().filter(|_| question.wanted.is_file());
        let file = file.map(|name| Self::file_at(Path::new(name))).transpose()?.unwrap_or_default();
        let reference = answer.reference.as_ref().map(|reference| self.document_named(&reference.document)).transpose()?;
        let is_blank = reference.as_ref().is_some_and(|bytes| bytes.trim_ascii().is_empty());
        let kept = if file.is_empty() { None } else { Some(self.keep_file(&file)?) };
        let facts = json!({
            "question": { "id": id, "text": question.text },
            "answer": answer,
            "file_sha256": kept,
            "document_sha256": reference.map(|bytes| sha256_hex(&bytes)),
        });
        let seen = self.record_answer(&format!("what somebody answered to {id}"), &facts)?;
        let Some(answered) = answer.answered.clone() else { return Err(Stop::missing(format!("nothing says who answered `{id}`"))) };
        still_stands(&id, &answered, self.now().date())?;
        if is_blank {
            return Err(Stop::missing(format!("the document that the answer to `{id}` refers to is empty: supply it")));
        }
        fits(&id, question.wanted, &answer, &file)?;
        let value = answer.value.as_deref().unwrap_or_default().trim().to_owned();
        Ok(Told { answer, value, file, seen, answered })
    }
}

/// Whether an answer was given by today, and has not ended.
fn still_stands(id: &str, answered: &Answered, today: Date) -> Result<(), Stop> {
    if !answered.is_past(today) {
        return Err(Stop::missing(format!("`{id}` is dated {}, which has not come yet: mend the date", answered.on)));
    }
    if !answered.holds_on(today) {
        return Err(Stop::missing(format!("the answer of {} to `{id}` ended on {}: ask again", answered.by, answered.until)));
    }
    Ok(())
}

fn fits(id: &str, wanted: Wanted, answer: &Answer, file: &[u8]) -> Result<(), Stop> {
    let value = answer.value.as_deref().unwrap_or_default().trim();
    let words = wanted.words();
    let fits = match wanted {
        Wanted::Finding | Wanted::Choice(_) => words.contains(&value),
        Wanted::Text => !value.is_empty(),
        Wanted::Number(_) => value.parse::<f64>().is_ok_and(f64::is_finite),
        Wanted::File => !file.is_empty(),
        Wanted::Photo => is_picture(file),
    };
    if fits { Ok(()) } else { Err(Stop::missing(format!("the answer to `{id}` is not {}: answer again", wanted.how()))) }
}

/// Whether the bytes begin as JPEG, PNG, WebP or HEIC do.
fn is_picture(bytes: &[u8]) -> bool {
    let at = |from: usize, mark: &[u8]| bytes.get(from..from + mark.len()) == Some(mark);
    at(0, b"\xff\xd8\xff")
        || at(0, b"\x89PNG\r\n\x1a\n")
        || (at(0, b"RIFF") && at(8, b"WEBP"))
        || (at(4, b"ftyp") && (at(8, b"hei") || at(8, b"mif1") || at(8, b"avif")))
}
