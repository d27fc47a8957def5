//! Answers of people, as their file holds them.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use time::Date;
use time::macros::format_description;

use crate::form::node::Node;
use crate::form::problem::Problem;
use crate::form::words::{quote, suggest};
use crate::form::{self, Problems};
use crate::plan::Place;
use crate::profile::Product;
use crate::question::{Asked, Wanted};

/// The schema word that a file of answers must carry.
pub const SCHEMA: &str = "assay.answers/1";

/// A file of answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// `assay.answers/1`.
    pub schema: String,
    /// The product that they are about: manufacturer, model and version as the profile has them.
    pub product: About,
    /// Who answered, where an answer does not say so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
    /// The answers.
    #[serde(default, rename = "answer")]
    pub answers: Vec<Answer>,
}

/// The product that answers are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Who makes it.
    pub manufacturer: String,
    /// The type or model.
    pub model: String,
    /// The software version.
    pub version: String,
}

impl From<&Product> for About {
    fn from(product: &Product) -> Self {
        Self { manufacturer: product.manufacturer.clone(), model: product.model.clone(), version: product.version.clone() }
    }
}

/// Who answered, when, and until when it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The name of the person.
    pub by: String,
    /// Whom the person answers for: a laboratory, a manufacturer.
    pub of: String,
    /// The day of the answer: `2026-01-31`.
    pub on: String,
    /// The last day on which it holds.
    pub until: String,
}

/// One answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The question: test and key, such as `identification/label/legible`.
    pub question: String,
    /// The component that it is about, where the question names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// The interface that it is about, where the question names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// The answer: a word, a number, a text. Left empty, the question stays open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What was observed, in the person's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observation: Option<String>,
    /// Where it stands: the id of a document of the profile, and a page or section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// A file or picture, relative to this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Why nobody answered: then the test is not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<String>,
    /// Who answered, if another than `answered` of the file says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
}

/// A place in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The id of a document of the profile.
    pub document: String,
    /// A page, section or heading.
    pub place: String,
}

impl Answer {
    /// Whether it answers this question of this place.
    pub fn is_to(&self, id: &str, place: &Place) -> bool {
        self.question == id && self.component == place.component && self.interface == place.interface
    }

    /// Whether something was filled in.
    pub fn is_given(&self) -> bool {
        let filled = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        filled(&self.value) || filled(&self.file) || filled(&self.cancelled)
    }
}

impl Answered {
    /// In words: who, for whom, when, until when.
    pub fn told(&self) -> String {
        format!("{} ({}) on {}, valid until {}", self.by, self.of, self.on, self.until)
    }

    /// Whether it still holds on this day.
    pub fn holds_on(&self, today: Date) -> bool {
        date(&self.until).is_some_and(|until| today <= until)
    }

    /// Whether it was given on this day or before.
    pub fn is_past(&self, today: Date) -> bool {
        date(&self.on).is_some_and(|on| on <= today)
    }
}

/// A day as files write it: `2026-01-31`.
pub fn date(text: &str) -> Option<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

/// What a file of answers is held against.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The product of the profile.
    pub product: &'a Product,
    /// Every question that can be answered.
    pub questions: &'a [Asked],
    /// The ids of the documents of the profile.
    pub documents: &'a [&'a str],
}

/// Reads a file of answers; `name` is its name as messages show it. Each answer says afterwards who gave it.
///
/// # Errors
/// All that is wrong with it, each at its place.
pub fn read(name: &str, text: &str, known: &Known<'_>) -> Result<Vec<Answer>, Problems> {
    let file: Answers = form::read(name, text, "a file of answers", |root, _| {
        let mut check = Check { known, root, problems: Vec::new() };
        check.all();
        check.problems
    })?;
    let by_default = file.answered;
    let complete = |mut answer: Answer| {
        answer.answered = answer.answered.or_else(|| by_default.clone());
        answer
    };
    Ok(file.answers.into_iter().filter(Answer::is_given).map(complete).collect())
}

struct Check<'a> {
    known: &'a Known<'a>,
    root: &'a Node,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn say(&mut self, node: &Node, message: impl Into<String>, help: impl Into<Option<String>>) {
        self.problems.push(Problem { span: node.span.clone(), message: message.into(), help: help.into() });
    }

    fn all(&mut self) {
        let (root, product) = (self.root, self.known.product);
        if root.at("schema").text().is_some_and(|word| word != SCHEMA) {
            self.say(root.at("schema"), "this is no file of answers that can be read here", format!("write schema = \"{SCHEMA}\""));
        }
        for (key, ours) in [("manufacturer", &product.manufacturer), ("model", &product.model), ("version", &product.version)] {
            let node = root.at("product").at(key);
            if node.text().is_some_and(|theirs| theirs != ours) {
                let help = format!("the profile's product has {}: answer anew for it", quote(ours));
                self.say(node, format!("these answers are about another product: its {key} is another"), help);
            }
        }
        self.answered(root.at("answered"));
        let mut seen = BTreeSet::new();
        for answer in root.at("answer").items() {
            self.answer(answer);
            let key = ["question", "component", "interface"].map(|key| answer.at(key).text());
            if !seen.insert(key) && key[0].is_some() {
                self.say(answer.at("question"), "this question is answered twice", "keep one of the answers".to_owned());
            }
        }
    }

    fn answered(&mut self, node: &Node) {
        for key in ["by", "of"] {
            if node.at(key).text().is_some_and(|text| text.trim().is_empty()) {
                self.say(node.at(key), format!("`{key}` is empty"), "an attestation carries a name".to_owned());
            }
        }
        let days = ["on", "until"].map(|key| (node.at(key), node.at(key).text().map(date)));
        for (node, day) in &days {
            if *day == Some(None) {
                self.say(node, "this is no day", "write it like 2026-01-31".to_owned());
            }
        }
        if let [(_, Some(Some(on))), (until, Some(Some(last)))] = &days
            && last < on
        {
            self.say(until, "it would end before the day of the answer", None);
        }
    }

    fn answer(&mut self, answer: &Node) {
        self.answered(answer.at("answered"));
        if !self.root.has("answered") && !answer.has("answered") {
            let help = "add [answered] with by, of, on and until to the file, or `answered` to this answer".to_owned();
            self.say(answer, "nothing says who answered", help);
        }
        let reference = answer.at("reference").at("document");
        if let Some(id) = reference.text().filter(|id| !self.known.documents.contains(id)) {
            self.say(reference, format!("there is no document {} in the profile", quote(id)), suggest(id, self.known.documents));
        }
        let Some(id) = answer.at("question").text() else { return };
        let about = |key: &str| answer.at(key).text().map(str::to_owned);
        let place = Place { test: String::new(), component: about("component"), interface: about("interface") };
        let named: Vec<&Asked> = self.known.questions.iter().filter(|asked| asked.id() == id).collect();
        let fits = |asked: &&&Asked| asked.place.component == place.component && asked.place.interface == place.interface;
        match named.iter().find(fits) {
            Some(asked) => self.value(answer, asked.question.wanted),
            None if named.is_empty() => {
                let ids: Vec<String> = self.known.questions.iter().map(Asked::id).collect();
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                let help = form::near(id, &ids).map(|near| format!("did you mean {}?", quote(near)));
                let help = help.unwrap_or_else(|| "`assay questions PROFILE` writes all questions".to_owned());
                self.say(answer.at("question"), format!("{} is no question", quote(id)), help);
            }
            None => {
                let subjects: Vec<_> = named.iter().map(|asked| subject(&asked.place)).collect();
                self.say(
                    answer.at("question"),
                    "this question is about another subject",
                    format!("it is asked of {}", subjects.join(", ")),
                );
            }
        }
    }

    fn value(&mut self, answer: &Node, wanted: Wanted) {
        let node = answer.at("value");
        let Some(value) = node.text().map(str::trim).filter(|value| !value.is_empty()) else { return };
        let words = wanted.words();
        let number = matches!(wanted, Wanted::Number(_)) && value.parse::<f64>().is_ok_and(f64::is_finite);
        if matches!(wanted, Wanted::Number(_)) && !number {
            self.say(node, format!("{} is no number", quote(value)), wanted.how());
        }
        if !words.is_empty() && !words.contains(&value) {
            self.say(node, format!("{} is no answer to this question", quote(value)), suggest(value, words));
        }
    }
}

/// The subject in words.
fn subject(place: &Place) -> String {
    match (&place.component, &place.interface) {
        (Some(component), Some(interface)) => format!("component = \"{component}\", interface = \"{interface}\""),
        (Some(component), None) => format!("component = \"{component}\" alone"),
        _ => "the product, without component and interface".to_owned(),
    }
}
