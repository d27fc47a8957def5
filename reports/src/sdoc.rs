//! A supplier's declaration of conformity (ISO/IEC 17050-1) and its supporting documentation (ISO/IEC 17050-2), as web
//! pages and as JSON.

use assay_conformity::declaration::{Claim, Declaration, Ground, Refusal, Standing, Status, draft};
use assay_conformity::gaps::Gaps;
use assay_conformity::issuer::Issuer;
use assay_conformity::reasons;
use assay_conformity::supporting::Supporting;
use assay_model::run::Run;
use serde::Serialize;

use crate::ReportError;
use crate::page::{fill, page_mark};
use crate::visible::{shorten, visible_line};

const DECLARATION: &str = include_str!("../templates/sdoc.html");
const SUPPORTING: &str = include_str!("../templates/supporting.html");

/// The most characters of one line of a refusal.
const LINE: usize = 600;

/// The draft of a declaration, from a run alone.
///
/// # Errors
/// [`Refusal`] when the run does not bear a declaration.
pub fn drafted(run: &Run) -> Result<Declaration, Refusal> {
    let (gaps, issuer) = (Gaps::none(run), Issuer::default());
    draft(&Ground { run, gaps: &gaps, issuer: &issuer, members: &[], sealed: None, replaces: None, signed_with: "" })
}

/// Why there is no declaration, safe to print: a line for each thing to settle.
pub fn refused(why: &Refusal) -> String {
    let lines: Vec<String> = why.open.iter().map(|line| visible_line(&shorten(line, LINE))).collect();
    Refusal { open: lines }.to_string()
}

/// A declaration or its supporting documentation as JSON.
///
/// # Errors
/// When serialisation fails, which no content brings about.
pub fn json(document: &impl Serialize) -> Result<String, ReportError> {
    serde_json::to_string_pretty(document).map(|text| text + "\n").map_err(|error| ReportError::Json(error.to_string()))
}

/// A declaration as a web page.
///
/// # Errors
/// When the template asks for what a declaration does not have, which no content brings about.
pub fn html(declaration: &Declaration) -> Result<String, ReportError> {
    #[derive(Serialize)]
    struct View<'a> {
        declaration: &'a Declaration,
        is_draft: bool,
        missing: Vec<&'static str>,
        groups: Vec<Group<'a>>,
        page_mark: Option<&'a str>,
    }
    let is_draft = declaration.status == Status::Draft;
    fill(
        DECLARATION,
        View {
            declaration,
            is_draft,
            missing: if is_draft { declaration.issuer.missing() } else { Vec::new() },
            groups: groups(declaration),
            page_mark: page_mark(if is_draft { &declaration.assessment.run } else { &declaration.issuer.number }),
        },
    )
}

/// Supporting documentation as a web page.
///
/// # Errors
/// As [`html`].
pub fn supporting(documentation: &Supporting) -> Result<String, ReportError> {
    #[derive(Serialize)]
    struct View<'a> {
        documentation: &'a Supporting,
        page_mark: Option<&'a str>,
    }
    fill(SUPPORTING, View { documentation, page_mark: page_mark(&documentation.declaration) })
}

/// Claims that stand alike.
#[derive(Serialize)]
struct Group<'a> {
    standing: &'static str,
    claims: Vec<ClaimView<'a>>,
}

#[derive(Serialize)]
struct ClaimView<'a> {
    claim: &'a Claim,
    rests: Vec<Rest<'a>>,
}

/// A test that a claim rests on, and where it was carried out.
#[derive(Serialize)]
struct Rest<'a> {
    test: &'a str,
    basis: &'static str,
    places: Vec<String>,
}

impl<'a> ClaimView<'a> {
    fn of(claim: &'a Claim) -> Self {
        let mut rests: Vec<Rest<'a>> = Vec::new();
        for support in &claim.rests_on {
            let place = &support.place;
            let on = reasons::on(place);
            match rests.iter_mut().find(|rest| rest.test == place.test && rest.basis == support.basis.word()) {
                Some(rest) => rest.places.push(on),
                None => rests.push(Rest { test: &place.test, basis: support.basis.word(), places: vec![on] }),
            }
        }
        Self { claim, rests }
    }
}

fn groups(declaration: &Declaration) -> Vec<Group<'_>> {
    let of = |standing: Standing| {
        declaration.requirements.claims.iter().filter(move |claim| claim.standing == standing).map(ClaimView::of).collect()
    };
    Standing::ALL.map(|standing| Group { standing: standing.word(), claims: of(standing) }).into_iter().collect()
}
