//! The report of a spot check: a declaration held against a unit.

use assay_conformity::spot_check::{Comes, Found, SpotCheck};
use serde::Serialize;

use crate::ReportError;
use crate::page::{fill, page_mark};
use crate::visible::{shorten, visible_line};

const TEMPLATE: &str = include_str!("../templates/spot_check.html");

/// The most characters of one reason on a terminal.
const LINE: usize = 300;

/// What a spot check comes to, in a sentence.
const fn conclusion(comes: Comes) -> &'static str {
    match comes {
        Comes::Confirmed => "The sample confirms the declaration",
        Comes::Contradicted => "The unit contradicts the declaration",
        Comes::NotDetermined => "The spot check determines nothing",
    }
}

/// The report as a web page.
///
/// # Errors
/// When the template asks for what a spot check does not have, which no content brings about.
pub fn html(check: &SpotCheck) -> Result<String, ReportError> {
    #[derive(Serialize)]
    struct View<'a> {
        check: &'a SpotCheck,
        conclusion: &'static str,
        counts: Vec<(&'static str, usize)>,
        page_mark: Option<&'a str>,
    }
    fill(TEMPLATE, View { check, conclusion: conclusion(check.conclusion), counts: counts(check), page_mark: page_mark(&check.run) })
}

/// The report in a few lines, safe to print.
pub fn text(check: &SpotCheck) -> String {
    let mut lines = vec![format!("{}: declaration {}, revision {}", conclusion(check.conclusion), check.declaration, check.revision)];
    lines.extend(
        check
            .object
            .iter()
            .filter(|point| point.same == Some(false))
            .map(|point| format!("  not the declared object: {} is `{}`, declared is `{}`", point.what, point.found, point.declared)),
    );
    for finding in check.findings.iter().filter(|finding| finding.found == Found::Contradicted) {
        lines.push(format!("  contradicted: {} {}: {}", finding.id, finding.title, shorten(&finding.reason, LINE)));
    }
    let open = |finding: &&assay_conformity::spot_check::Finding| {
        finding.found == Found::NotRetested && check.sample.taken.iter().any(|taken| taken.id == finding.id)
    };
    for finding in check.findings.iter().filter(open) {
        lines.push(format!("  could not be shown again: {} {}: {}", finding.id, finding.title, shorten(&finding.reason, LINE)));
    }
    let counts: Vec<String> = counts(check).into_iter().map(|(word, count)| format!("{word} {count}")).collect();
    lines.push(format!("claims: {}", counts.join(", ")));
    lines.push(format!("seed {}, share {} %; {}", check.sample.seed, check.sample.share, check.confidence));
    lines.iter().map(|line| visible_line(line) + "\n").collect()
}

fn counts(check: &SpotCheck) -> Vec<(&'static str, usize)> {
    let count = |found: Found| check.findings.iter().filter(|finding| finding.found == found).count();
    [Found::Confirmed, Found::Contradicted, Found::NotRetested, Found::NotComparable].map(|found| (found.word(), count(found))).to_vec()
}
