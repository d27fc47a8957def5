//! Gaps: requirements that a run does not show as satisfied, and what an organization decides about each.
//!
//! After testing comes the gap step of SP 800-213r1 section 4 (not checked): for each capability one of three scenarios
//! (4.1), and for each gap one of four determinations (4.2). A file holds them; a person fills it in.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use assay_model::answers::date;
use assay_model::catalog::RequirementId;
use assay_model::form::{Problem, Problems, Spans, read_form};
use assay_model::plan::Place;
use assay_model::run::{RequirementResult, Run, TestResult};
use assay_model::verdict::{Determination, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reasons;

/// The schema word of a file of gaps.
pub const SCHEMA: &str = "assay.gaps/1";

/// What was decided about the gaps of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gaps {
    /// `assay.gaps/1`.
    pub schema: String,
    /// The id of the run.
    pub run: String,
    /// Who decides, where a gap does not say so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
    /// The gaps.
    #[serde(default, rename = "gap")]
    pub gaps: Vec<Gap>,
}

/// Who decides, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// The name.
    pub by: String,
    /// The function in the organization.
    pub function: String,
    /// The day: `2026-01-31`.
    pub on: String,
}

/// One requirement that the run does not show as satisfied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The requirement.
    pub requirement: RequirementId,
    /// How the capability is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<Scenario>,
    /// What is decided; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub determination: Option<Decision>,
    /// For `justifiably-missing`: on what ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<Ground>,
    /// Why.
    #[serde(default)]
    pub because: String,
    /// The last day on which the decision holds; then the gap is open again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// For an alternative: the tests that passed on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternative: Vec<Place>,
    /// Who decides, if another than `decided` of the file says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
}

/// How a capability is there (SP 800-213r1 4.1, not checked).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// As the catalog states it.
    Present,
    /// In another way.
    Alternative,
    /// Not at all.
    Absent,
}

impl Scenario {
    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Alternative => "alternative",
            Self::Absent => "absent",
        }
    }
}

/// What is decided about a gap (SP 800-213r1 4.2, not checked).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It may be missing.
    JustifiablyMissing,
    /// An alternative capability does it, and the supported control is unchanged.
    Alternative,
    /// An alternative capability does it, and the supported control is changed for it.
    AlternativeWithChangedControl,
    /// The product cannot be accepted with it.
    Unacceptable,
}

impl Decision {
    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::JustifiablyMissing => "justifiably-missing",
            Self::Alternative => "alternative",
            Self::AlternativeWithChangedControl => "alternative-with-changed-control",
            Self::Unacceptable => "unacceptable",
        }
    }

    /// Whether an alternative capability stands in.
    pub const fn is_alternative(self) -> bool {
        matches!(self, Self::Alternative | Self::AlternativeWithChangedControl)
    }
}

/// On what ground a capability may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// The goal of the supported control does not apply to the product or its use.
    GoalDoesNotApply,
    /// Another control was selected in its place.
    OtherControlSelected,
    /// The risk that remains is accepted.
    RiskAccepted,
}

impl Gaps {
    /// A file in which nothing is decided.
    pub fn none(run: &Run) -> Self {
        Self { schema: SCHEMA.to_owned(), run: run.id.clone(), decided: None, gaps: Vec::new() }
    }

    /// What the file says of this requirement.
    pub fn of(&self, id: &RequirementId) -> Option<&Gap> {
        self.gaps.iter().find(|gap| &gap.requirement == id)
    }

    /// Who decided about this gap.
    pub fn who<'a>(&'a self, gap: &'a Gap) -> Option<&'a Decided> {
        gap.decided.as_ref().or(self.decided.as_ref())
    }
}

/// The requirements that are gaps of this run.
pub fn open(run: &Run) -> impl Iterator<Item = &RequirementResult> {
    run.requirements.iter().filter(|requirement| is_gap(requirement.determination))
}

const fn is_gap(determination: Determination) -> bool {
    matches!(determination, Determination::NotSatisfied | Determination::NotDetermined | Determination::NotAssessed)
}

/// The results at a place that pass, each with a control; none when another result there does not.
pub fn alternative<'a>(run: &'a Run, place: &Place) -> Option<&'a TestResult> {
    let found = run.results.iter().find(|result| &result.place() == place)?;
    (found.verdict == Verdict::Pass && found.control.is_some()).then_some(found)
}

/// The file for a person to fill in.
pub fn draft(run: &Run) -> String {
    let mut out = format!(
        "# Gaps of run {}: requirements that it does not show as satisfied.\n\
         # Decide about each; a declaration is refused while one is open or unacceptable.\n\
         #   scenario       present, alternative, absent (SP 800-213r1 4.1)\n\
         #   determination  justifiably-missing, alternative, alternative-with-changed-control, unacceptable (4.2)\n\
         #   ground         for justifiably-missing: goal-does-not-apply, other-control-selected, risk-accepted\n\
         #   alternative    for the alternatives: the tests that passed on it\n\
         # A key requirement cannot be justifiably missing.\n\n\
         schema = \"{SCHEMA}\"\nrun = {}\n\n\
         # Who decides, and when.\n#[decided]\n#by = \"\"\n#function = \"\"\n#on = \"2026-01-31\"\n",
        comment(&run.id),
        quoted(&run.id),
    );
    for requirement in open(run) {
        let key = if requirement.key { ", key" } else { "" };
        let _ = write!(out, "\n# {}: {}{key}\n", comment(&requirement.title), requirement.determination.word());
        for reason in reasons::why(run, requirement) {
            let _ = writeln!(out, "#   {}", comment(&reason));
        }
        let controls = requirement.sp800_53.join(", ");
        if !controls.is_empty() {
            let _ = writeln!(out, "#   supports {}", comment(&controls));
        }
        let _ = write!(
            out,
            "[[gap]]\nrequirement = \"{}\"\n#scenario = \"absent\"\n#determination = \"unacceptable\"\n#ground = \"risk-accepted\"\n\
             #because = \"\"\n#until = \"2026-12-31\"\n#alternative = [{{ test = \"\", component = \"\", interface = \"\" }}]\n",
            requirement.id
        );
    }
    out
}

/// Text that stays in its comment, whatever a product put into it.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).take(400).collect()
}

fn quoted(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Reads a file of gaps and holds it against its run. Gaps that are left open are no mistake.
///
/// # Errors
/// All that is wrong with it, each at its place.
pub fn read(name: &str, text: &str, run: &Run) -> Result<Gaps, Problems> {
    let gaps: Gaps = read_form(name, text, "a file of gaps")?;
    let mut check = Check { run, spans: Spans::of(text), problems: Vec::new() };
    check.file(&gaps);
    if check.problems.is_empty() { Ok(gaps) } else { Err(Problems::new(name, text, check.problems)) }
}

struct Check<'a> {
    run: &'a Run,
    spans: Spans,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn say(&mut self, path: &str, message: impl Into<String>, help: &str) {
        self.problems.push(Problem { span: self.spans.at(path), message: message.into(), help: Some(help.to_owned()) });
    }

    fn file(&mut self, gaps: &Gaps) {
        if gaps.schema != SCHEMA {
            self.say("schema", "this is no file of gaps that can be read here", &format!("write schema = \"{SCHEMA}\""));
        }
        if gaps.run != self.run.id {
            self.say("run", format!("this is about another run than {}", self.run.id), "`assay gaps RUN` writes the file for a run");
        }
        self.decided("decided", gaps.decided.as_ref());
        let mut seen = BTreeSet::new();
        for (at, gap) in gaps.gaps.iter().enumerate() {
            let path = format!("gap.{at}");
            if !seen.insert(&gap.requirement) {
                self.say(&format!("{path}.requirement"), format!("{} stands here twice", gap.requirement), "keep one of the entries");
            }
            match self.run.requirements.iter().find(|each| each.id == gap.requirement) {
                None => self.say(
                    &format!("{path}.requirement"),
                    format!("{} is not in the baseline of the run", gap.requirement),
                    "take the entry out",
                ),
                Some(requirement) if !is_gap(requirement.determination) => {
                    let message = format!("{} is {}: there is no gap", gap.requirement, requirement.determination.word());
                    self.say(&format!("{path}.requirement"), message, "take the entry out");
                }
                Some(requirement) => self.gap(&path, gaps, gap, requirement),
            }
        }
    }

    fn decided(&mut self, path: &str, decided: Option<&Decided>) {
        let Some(decided) = decided else { return };
        for (key, text) in [("by", &decided.by), ("function", &decided.function)] {
            if text.trim().is_empty() {
                self.say(&format!("{path}.{key}"), format!("`{key}` is empty"), "a decision carries a name and a function");
            }
        }
        if date(&decided.on).is_none() {
            self.say(&format!("{path}.on"), "this is no day", "write it like 2026-01-31");
        }
    }

    fn gap(&mut self, path: &str, gaps: &Gaps, gap: &Gap, requirement: &RequirementResult) {
        self.decided(&format!("{path}.decided"), gap.decided.as_ref());
        let Some(decision) = gap.determination else { return };
        if gaps.who(gap).is_none() {
            self.say(path, "nothing says who decided", "add [decided] with by, function and on to the file, or to this gap");
        }
        if gap.because.trim().is_empty() {
            self.say(path, "nothing says why", "add `because`");
        }
        if gap.scenario.is_none() {
            self.say(path, "the scenario is missing", "add `scenario`: present, alternative or absent");
        }
        if decision == Decision::Unacceptable {
            return;
        }
        if requirement.key && decision == Decision::JustifiablyMissing {
            let message = format!("{} is a key requirement: it cannot be accepted away", gap.requirement);
            self.say(&format!("{path}.determination"), message, "correct the product, or show an alternative with its own passing test");
        }
        match gap.until.as_deref().map(date) {
            None => self.say(path, "the decision has no end", "add `until`: the last day on which it holds"),
            Some(None) => self.say(&format!("{path}.until"), "this is no day", "write it like 2026-01-31"),
            Some(Some(until)) if gaps.who(gap).and_then(|who| date(&who.on)).is_some_and(|on| until < on) => {
                self.say(&format!("{path}.until"), "it would end before the day of the decision", "mend one of the two");
            }
            Some(Some(_)) => {}
        }
        if decision == Decision::JustifiablyMissing && gap.ground.is_none() {
            self.say(path, "nothing says on what ground it may be missing", "add `ground`");
        }
        if decision.is_alternative() {
            self.alternatives(path, gap);
        }
    }

    fn alternatives(&mut self, path: &str, gap: &Gap) {
        if gap.alternative.is_empty() {
            let help = "add `alternative`: the tests that passed on it, as `assay report` names them";
            self.say(path, "an alternative counts only with its own passing test", help);
        }
        for (at, place) in gap.alternative.iter().enumerate() {
            if alternative(self.run, place).is_none() {
                let message = format!("`{}` did not pass there in this run", place.test);
                self.say(&format!("{path}.alternative.{at}"), message, "name a test, component and interface that passed with a control");
            }
        }
    }
}
