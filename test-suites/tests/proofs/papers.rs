//! Papers of the reference product that are other than the good ones: edited, spoiled, answered otherwise.

use std::path::{Path, PathBuf};

use assay_engine::Test;
use assay_model::answers::{Answered, Answers, Reference};
use toml::{Table, Value};

use crate::fixture::Settings;

/// The file with the answers of a fixture, in the state directory.
const MORE: &str = "answers/of-the-fixture.toml";
/// The id of a document without content.
const HOLLOW: &str = "hollow";

/// Makes the edits of a fixture, and writes its answers.
pub(crate) fn edit(state: &Path, settings: &Settings) {
    for edit in &settings.edits {
        let path = state.join(&edit.file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", edit.file));
        assert!(text.contains(&edit.find), "{} does not hold `{}`", edit.file, edit.find);
        std::fs::write(path, text.replace(&edit.find, &edit.put)).expect("a paper that can be written");
    }
    if !settings.answers.is_empty() {
        let good = std::fs::read_to_string(state.join("answers/documentation.toml")).expect("answers");
        let good: Answers = toml::from_str(&good).expect("a file of answers");
        let answers = Answers { answers: settings.answers.clone(), ..good };
        std::fs::write(state.join(MORE), toml::to_string(&answers).expect("TOML")).expect("answers that can be written");
    }
}

/// Who answers for the reference product, today.
pub(crate) fn answered(state: &Path) -> Answered {
    let text = std::fs::read_to_string(state.join("answers/configuration.toml")).expect("answers");
    let file: Answers = toml::from_str(&text).expect("a file of answers");
    file.answered.expect("somebody who answered")
}

/// The files of answers beside those of the profile.
pub(crate) fn more_answers(state: &Path) -> Vec<PathBuf> {
    let path = state.join(MORE);
    path.is_file().then_some(path).into_iter().collect()
}

/// How papers can be such that nothing may be concluded from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spoiled {
    /// Documents are not supplied.
    Absent,
    /// Documents are empty.
    Empty,
    /// Documents end in the middle.
    Cut,
    /// Documents hold random bytes.
    Noise,
    /// Documents are about another product.
    Foreign,
    /// Questions are not answered.
    Unanswered,
    /// Questions were cancelled.
    Cancelled,
    /// Answers hold no longer.
    Expired,
    /// Answers are dated in the future.
    Ahead,
    /// Nothing stands behind the answers: no observation, no picture.
    Bare,
    /// Answers refer to a document that is empty.
    Hollow,
}

impl Spoiled {
    /// How the papers of this test can be spoiled.
    pub(crate) fn of(test: &Test) -> Vec<Self> {
        let documents: &[Self] =
            if test.reads.is_empty() { &[] } else { &[Self::Absent, Self::Empty, Self::Cut, Self::Noise, Self::Foreign] };
        let lasting = test.asks.iter().any(|question| !question.live);
        let answers: &[Self] =
            if lasting { &[Self::Unanswered, Self::Cancelled, Self::Expired, Self::Ahead, Self::Bare, Self::Hollow] } else { &[] };
        [documents, answers].concat()
    }

    /// Spoils the papers in the state directory, or what the profile says of them.
    pub(crate) fn apply(self, state: &Path, profile: &mut Table) {
        match self {
            Self::Absent => {
                profile.remove("document");
                profile.remove("capture");
                // an answer may refer to a document
                self.answers(state);
            }
            Self::Empty | Self::Cut | Self::Noise | Self::Foreign => self.documents(state),
            Self::Unanswered => {
                profile.insert("answers".to_owned(), Value::Array(Vec::new()));
            }
            Self::Cancelled | Self::Expired | Self::Ahead | Self::Bare => self.answers(state),
            Self::Hollow => {
                let document = profile.get("document").and_then(|all| all.get(0)).expect("a document");
                std::fs::write(state.join("documents/hollow.pdf"), " \n").expect("a paper that can be written");
                let mut hollow = document.as_table().expect("a table").clone();
                hollow.insert("id".to_owned(), HOLLOW.into());
                hollow.insert("file".to_owned(), "documents/hollow.pdf".into());
                profile.get_mut("document").and_then(Value::as_array_mut).expect("documents").push(hollow.into());
                self.answers(state);
            }
        }
    }

    fn documents(self, state: &Path) {
        for folder in ["documents", "updates", "captures"] {
            for entry in std::fs::read_dir(state.join(folder)).expect("a folder").flatten() {
                let bytes = std::fs::read(entry.path()).expect("a paper");
                std::fs::write(entry.path(), self.spoil(bytes)).expect("a paper that can be written");
            }
        }
    }

    fn spoil(self, bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Empty => Vec::new(),
            // at an odd place, so that no whole number of blocks or records is left
            Self::Cut => bytes[..(bytes.len() / 2) | 1].to_vec(),
            // the same at every run, without any structure
            Self::Noise => (0..bytes.len()).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[4]).collect(),
            // a capture of another device: other addresses
            Self::Foreign if bytes.starts_with(b"\x0a\x0d\x0d\x0a") => {
                replace(&replace(&bytes, b"\x02\0\0\0\x77\x01", b"\x02\0\0\0\x77\x99"), &[192, 0, 2, 10], &[192, 0, 2, 99])
            }
            Self::Foreign => String::from_utf8(bytes).map_or_else(
                |error| error.into_bytes().iter().map(|byte| byte ^ 1).collect(),
                |text| {
                    let other =
                        [("DW-100", "XX-900"), ("Example Appliances", "Somebody Else"), ("ishwasher", "oaster"), ("1.1.0", "7.7.7")];
                    other.iter().fold(text, |text, (ours, theirs)| text.replace(ours, theirs)).into_bytes()
                },
            ),
            _ => bytes,
        }
    }

    fn answers(self, state: &Path) {
        let files = std::fs::read_dir(state.join("answers")).expect("a folder").flatten();
        for entry in files.filter(|entry| entry.path().extension().is_some_and(|end| end == "toml")) {
            let text = std::fs::read_to_string(entry.path()).expect("answers");
            let mut file: Answers = toml::from_str(&text).expect("a file of answers");
            self.spoil_answers(&mut file);
            std::fs::write(entry.path(), toml::to_string(&file).expect("TOML")).expect("answers that can be written");
        }
    }

    fn spoil_answers(self, file: &mut Answers) {
        if let Some(answered) = &mut file.answered {
            match self {
                Self::Expired => (answered.on, answered.until) = ("2001-01-01".to_owned(), "2002-01-01".to_owned()),
                Self::Ahead => (answered.on, answered.until) = ("2101-01-01".to_owned(), "2102-01-01".to_owned()),
                _ => {}
            }
        }
        for answer in &mut file.answers {
            match self {
                Self::Absent => answer.reference = None,
                Self::Hollow => answer.reference = Some(Reference { document: HOLLOW.to_owned(), place: "page 1".to_owned() }),
                Self::Cancelled => answer.cancelled = Some("the visit was called off".to_owned()),
                Self::Bare => (answer.observation, answer.file) = (None, None),
                _ => {}
            }
        }
    }
}

/// The same bytes with others of the same length in place of some.
fn replace(bytes: &[u8], ours: &[u8], theirs: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len().saturating_sub(ours.len() - 1) {
        if bytes[at..].starts_with(ours) {
            bytes[at..at + ours.len()].copy_from_slice(theirs);
        }
    }
    bytes
}
