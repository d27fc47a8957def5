//! A spot check: a declaration held against a delivered unit.

use assay_model::catalog::RequirementId;
use assay_model::profile::Profile;
use assay_model::run::{Mark, Marking, RequirementResult, Run};
use assay_model::verdict::{Determination, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::declaration::{Claim, Declaration, Standing, Status, Support};
use crate::reasons;
use crate::sample::{Sample, is_comparable, most_wrong};

/// The schema word of a spot check.
pub const SCHEMA: &str = "assay.spot-check/1";

/// The chance that is given to error when the sample's confidence is stated. Ours: no document sets it.
const DOUBT: f64 = 0.05;

/// The most claims of a declaration that are looked at: several times those of all catalogs. What the sample leaves open takes
/// time that grows with the square of their number.
const MOST_CLAIMS: usize = 10_000;

/// What a spot check found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpotCheck {
    /// `assay.spot-check/1`.
    pub schema: String,
    /// The declaration: its number.
    pub declaration: String,
    /// Its revision.
    pub revision: u32,
    /// SHA-256 of its seal.
    pub seal: String,
    /// The run on the unit.
    pub run: String,
    /// What it comes to.
    pub conclusion: Comes,
    /// Whether the unit is the declared object, point by point.
    pub object: Vec<Point>,
    /// The sample.
    pub sample: Sample,
    /// One entry for each claim of the declaration.
    pub findings: Vec<Finding>,
    /// What the sample is good for, in words.
    pub confidence: String,
}

/// What a spot check comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Comes {
    /// Every claim of the sample was confirmed on a unit that is the declared object.
    Confirmed,
    /// At least one claim was contradicted on a unit that is the declared object.
    Contradicted,
    /// Neither could be shown.
    NotDetermined,
}

impl Comes {
    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Contradicted => "contradicted",
            Self::NotDetermined => "not-determined",
        }
    }

    /// The exit code of the program.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Confirmed => 0,
            Self::Contradicted => 1,
            Self::NotDetermined => 3,
        }
    }
}

/// One point in which the unit is held against the declared object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// What.
    pub what: String,
    /// As declared.
    pub declared: String,
    /// As found.
    pub found: String,
    /// Whether it is the same; none where it may differ from unit to unit, or was not read.
    pub same: Option<bool>,
}

/// What was found on one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The requirement.
    pub id: RequirementId,
    /// Its title.
    pub title: String,
    /// As declared.
    pub declared: Standing,
    /// What was found.
    pub found: Found,
    /// Why, where it is not confirmed.
    pub reason: String,
}

/// What was found on a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// The unit shows the opposite.
    Contradicted,
    /// The unit shows it too.
    Confirmed,
    /// It was not in the sample, or could not be shown again.
    NotRetested,
    /// There is nothing to hold against the unit.
    NotComparable,
}

impl Found {
    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Contradicted => "contradicted",
            Self::Confirmed => "confirmed",
            Self::NotRetested => "not-retested",
            Self::NotComparable => "not-comparable",
        }
    }
}

/// Why a declaration cannot be held against anything, if so; `today` as `2026-01-31`.
pub fn unusable(declaration: &Declaration, today: &str) -> Option<String> {
    let claims = declaration.requirements.claims.len();
    if claims > MOST_CLAIMS {
        return Some(format!("it makes {claims} claims, and at most {MOST_CLAIMS} are looked at"));
    }
    match declaration.status {
        Status::Draft => Some("it is a draft and declares nothing".to_owned()),
        Status::Withdrawn => Some("it was withdrawn".to_owned()),
        Status::Suspended => Some("it is suspended".to_owned()),
        Status::InForce => {
            let until = declaration.validity.until.as_deref().filter(|until| *until < today)?;
            Some(format!("its validity ended on {until}"))
        }
    }
}

/// Whether a profile is about the declared object, before anything is sent.
pub fn object_by_profile(declaration: &Declaration, profile: &Profile) -> Vec<Point> {
    let (declared, found) = (&declaration.object.product, &profile.product);
    let point = |what: &str, declared: &str, found: &str| Point {
        what: what.to_owned(),
        declared: declared.to_owned(),
        found: found.to_owned(),
        same: Some(declared == found),
    };
    let member = declaration.object.family.iter().find(|member| member.model == found.model);
    let (model, version) = member.map_or((&declared.model, &declared.version), |member| {
        (&member.model, if member.version.is_empty() { &declared.version } else { &member.version })
    });
    let parts = |parts: Vec<String>| parts.join(", ");
    let in_words = |id: &str, role: &str| format!("{id} ({role})");
    vec![
        point("manufacturer", &declared.manufacturer, &found.manufacturer),
        point("model", model, &found.model),
        point("software version", version, &found.version),
        point(
            "components",
            &parts(declaration.object.components.iter().map(|part| in_words(&part.id, &part.role)).collect()),
            &parts(profile.components.iter().map(|component| in_words(&component.id, component.role.word())).collect()),
        ),
    ]
}

/// Holds what was read from the unit against what was read from the declared sample.
fn object_by_marks(declaration: &Declaration, run: &Run) -> Vec<Point> {
    let mut points = Vec::new();
    for part in &declaration.object.components {
        let here = run.results.iter().filter(|result| result.component.as_ref() == Some(&part.id));
        let found: Vec<&Mark> = here.flat_map(|result| &result.marks).collect();
        for what in [Marking::SoftwareVersion, Marking::Identifier, Marking::CertificateIssuer, Marking::CertificateKey] {
            let words = |marks: &mut dyn Iterator<Item = &Mark>| {
                let mut values: Vec<&str> = marks.filter(|mark| mark.what == what).map(|mark| mark.value.as_str()).collect();
                values.sort_unstable();
                values.dedup();
                values.join(", ")
            };
            let (declared, found) = (words(&mut part.marks.iter()), words(&mut found.iter().copied()));
            if declared.is_empty() && found.is_empty() {
                continue;
            }
            // identifiers and keys are each unit's own
            let own = matches!(what, Marking::Identifier | Marking::CertificateKey);
            let same = if own || declared.is_empty() || found.is_empty() { None } else { Some(declared == found) };
            points.push(Point { what: format!("{} of {}", what.word(), part.id), declared, found, same });
        }
    }
    points
}

/// Holds a declaration against the run on a unit. `seal` is SHA-256 of the declaration's seal.
pub fn compare(declaration: &Declaration, seal: &str, profile: &Profile, sample: Sample, run: &Run) -> SpotCheck {
    let mut object = object_by_profile(declaration, profile);
    object.extend(object_by_marks(declaration, run));
    let is_object = object.iter().all(|point| point.same != Some(false));
    let findings: Vec<Finding> = declaration.requirements.claims.iter().map(|claim| finding(claim, &sample, run, is_object)).collect();
    let has = |found: Found| findings.iter().any(|finding| finding.found == found);
    let taken = |finding: &&Finding| sample.taken.iter().any(|taken| taken.id == finding.id);
    let conclusion = if has(Found::Contradicted) {
        Comes::Contradicted
    } else if is_object && has(Found::Confirmed) && findings.iter().filter(taken).all(|finding| finding.found == Found::Confirmed) {
        Comes::Confirmed
    } else {
        Comes::NotDetermined
    };
    SpotCheck {
        schema: SCHEMA.to_owned(),
        declaration: declaration.issuer.number.clone(),
        revision: declaration.revision,
        seal: seal.to_owned(),
        run: run.id.clone(),
        conclusion,
        object,
        confidence: confidence(&sample, &findings),
        sample,
        findings,
    }
}

fn finding(claim: &Claim, sample: &Sample, run: &Run, is_object: bool) -> Finding {
    let tested = run.requirements.iter().find(|requirement| requirement.id == claim.id);
    let in_sample = sample.taken.iter().any(|taken| taken.id == claim.id);
    let (found, reason) = if !is_comparable(claim) {
        (Found::NotComparable, format!("declared as {}: there is nothing to hold against the unit", claim.standing.word()))
    } else if !is_object {
        (Found::NotComparable, "the unit is not the declared object".to_owned())
    } else {
        match tested.filter(|_| in_sample) {
            None => (Found::NotRetested, "not in the sample".to_owned()),
            Some(requirement) => retested(claim, requirement, run),
        }
    };
    Finding { id: claim.id.clone(), title: claim.title.clone(), declared: claim.standing, found, reason }
}

fn retested(claim: &Claim, requirement: &RequirementResult, run: &Run) -> (Found, String) {
    let why = || reasons::why(run, requirement).join("; ");
    if claim.standing == Standing::SatisfiedByAlternative {
        return by_alternative(claim, run);
    }
    match requirement.determination {
        Determination::Satisfied | Determination::SatisfiedByAlternative => match not_repeated(claim, run) {
            None => (Found::Confirmed, String::new()),
            Some(missing) => (Found::NotRetested, format!("what was tried holds, and not everything was tried again: {missing}")),
        },
        Determination::NotSatisfied => (Found::Contradicted, why()),
        Determination::NotDetermined => (Found::NotRetested, why()),
        Determination::NotAssessed => (Found::NotRetested, "no test could be carried out on this unit".to_owned()),
        Determination::NotApplicable => (Found::NotRetested, format!("on this unit it does not apply: {}", why())),
    }
}

/// The first result that the claim rests on and that did not pass again, if there is one.
fn not_repeated(claim: &Claim, run: &Run) -> Option<String> {
    let again = |support: &&Support| {
        run.results.iter().any(|result| result.place() == support.place && result.verdict == Verdict::Pass && result.control.is_some())
    };
    let missing = claim.rests_on.iter().find(|support| !again(support))?;
    Some(format!("{} on {}", missing.place.test, reasons::on(&missing.place)))
}

/// The tests of the alternative speak for it, not those of the requirement that it stands in for.
fn by_alternative(claim: &Claim, run: &Run) -> (Found, String) {
    let results = claim.rests_on.iter().map(|support| run.results.iter().find(|result| result.place() == support.place));
    let results: Option<Vec<_>> = results.collect();
    let Some(results) = results else { return (Found::NotRetested, "the tests of the alternative were not carried out".to_owned()) };
    match results.iter().find(|result| result.verdict == Verdict::Fail) {
        Some(failed) => (Found::Contradicted, format!("{}: {}", reasons::place(failed), failed.reason)),
        None if results.iter().all(|result| result.verdict == Verdict::Pass) => (Found::Confirmed, String::new()),
        None => (Found::NotRetested, "the tests of the alternative stay open".to_owned()),
    }
}

/// What the sample is good for: of certain strata everything was looked at, of the drawn ones a part.
fn confidence(sample: &Sample, findings: &[Finding]) -> String {
    let count = |found: Found| findings.iter().filter(|finding| finding.found == found).count();
    let (wrong, right) = (count(Found::Contradicted), count(Found::Confirmed));
    let sum = format!("{} of {} claims are in the sample: {right} confirmed, {wrong} contradicted", sample.taken.len(), findings.len());
    let is_drawn = |id: &RequirementId| sample.taken.iter().any(|taken| &taken.id == id && taken.because == crate::sample::Why::Drawn);
    let all_confirmed = findings.iter().filter(|finding| is_drawn(&finding.id)).all(|finding| finding.found == Found::Confirmed);
    let (of, drawn) = sample.strata.iter().fold((0, 0), |(of, drawn), stratum| (of + stratum.of, drawn + stratum.drawn));
    if of == drawn {
        return format!("{sum}. Everything that can be held against a unit was in the sample.");
    }
    if !all_confirmed {
        return format!(
            "{sum}. The drawn part was not confirmed as a whole: the {} claims outside the sample gain nothing from it.",
            of - drawn
        );
    }
    let most = most_wrong(&sample.strata, DOUBT);
    format!(
        "{sum}. {drawn} of {of} claims were drawn at random, and none of them is wrong: with 95 % confidence at most {most} of the {} others \
         would be found wrong, however they lie in the families.",
        of - drawn
    )
}
