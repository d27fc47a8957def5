//! Questions to people: where only eyes, hands or papers can tell.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::Place;

/// Where somebody has to be to answer. Questions are put together into visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Visit {
    /// With the documents of the product.
    Desk,
    /// At the product, with the sample in hand.
    Bench,
    /// Where its power and its network can be taken away.
    Plug,
    /// In its app, or on its screen.
    App,
}

impl Visit {
    /// All four, in the order in which they are made.
    pub const ALL: [Self; 4] = [Self::Desk, Self::Bench, Self::Plug, Self::App];

    /// The word as it stands in files and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Bench => "bench",
            Self::Plug => "plug",
            Self::App => "app",
        }
    }

    /// Where it takes place, in words.
    pub const fn place(self) -> &'static str {
        match self {
            Self::Desk => "at the desk, with the documents of the product",
            Self::Bench => "at the product, with the sample in hand",
            Self::Plug => "at the plug, where power and network can be taken away",
            Self::App => "in the app, or at the screen of the product",
        }
    }
}

/// What an answer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Whether it is so: one of [`FINDINGS`], with the observation that shows it.
    Finding,
    /// Words.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A number in this unit.
    Number(&'static str),
    /// A file.
    File,
    /// A picture.
    Photo,
}

impl Wanted {
    /// The words that may be answered, where they are given.
    pub const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Finding => &FINDINGS,
            Self::Choice(words) => words,
            Self::Text | Self::Number(_) | Self::File | Self::Photo => &[],
        }
    }

    /// Whether a file comes with the answer.
    pub const fn is_file(self) -> bool {
        matches!(self, Self::File | Self::Photo)
    }

    /// How it is to be answered, in words.
    pub fn how(self) -> String {
        match self {
            Self::Finding => format!("one of {}, and what was observed or where it stands", FINDINGS.join(", ")),
            Self::Text => "words".to_owned(),
            Self::Choice(words) => format!("one of {}", words.join(", ")),
            Self::Number(unit) => format!("a number of {unit}"),
            Self::File => "the name of a file".to_owned(),
            Self::Photo => "the name of a picture (JPEG, PNG, WebP or HEIC)".to_owned(),
        }
    }
}

/// The answers to a question whether something is so.
pub const FINDINGS: [&str; 4] = ["yes", "no", "cannot-tell", "does-not-apply"];

/// One question of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Its name within the test.
    pub key: &'static str,
    /// The requirement that it is about, where the test rules on each apart; else empty.
    pub about: &'static str,
    /// Where somebody has to be.
    pub visit: Visit,
    /// What is asked, as a sentence.
    pub text: &'static str,
    /// What the answer looks like.
    pub wanted: Wanted,
    /// Whether it is about this moment of a run, such as "switch it off now": then an answer from before does not count.
    pub live: bool,
}

impl Question {
    /// A question whether something is so. A test wants it to be so.
    pub const fn finding(key: &'static str, visit: Visit, text: &'static str) -> Self {
        Self { key, about: "", visit, text, wanted: Wanted::Finding, live: false }
    }

    /// The same, about one requirement of several.
    pub const fn point(key: &'static str, about: &'static str, visit: Visit, text: &'static str) -> Self {
        Self { key, about, visit, text, wanted: Wanted::Finding, live: false }
    }

    /// A question with another kind of answer.
    pub const fn asking(key: &'static str, visit: Visit, text: &'static str, wanted: Wanted) -> Self {
        Self { key, about: "", visit, text, wanted, live: false }
    }

    /// Something to be done now; the answer is whether it was done.
    pub const fn doing(key: &'static str, visit: Visit, text: &'static str) -> Self {
        Self { key, about: "", visit, text, wanted: Wanted::Choice(&["done", "cannot-be-done"]), live: true }
    }

    /// Its name in files: test and key.
    pub fn id(&self, test: &str) -> String {
        format!("{test}/{}", self.key)
    }
}

/// A question as it stands in a plan: of which test, about what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Test and subject.
    pub place: Place,
    /// The question.
    pub question: Question,
}

impl Asked {
    /// Its name in files.
    pub fn id(&self) -> String {
        self.question.id(&self.place.test)
    }
}
