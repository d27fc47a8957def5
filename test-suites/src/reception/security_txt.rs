//! Is there a valid security.txt that says how to report a weakness?

use assay_documents::Problem;
use assay_documents::security_txt::{self, SecurityTxt};
use assay_engine::{Applies, Bench, Finding, Outcome, Ruling, Stop, Subject, Test};
use assay_model::profile::{Interface, Profile};
use assay_model::safety::{Method, Safety};
use assay_wire::WebAnswer;
use serde::Serialize;
use time::OffsetDateTime;

/// Where the file stands (RFC 9116 section 3).
const PATH: &str = "/.well-known/security.txt";
/// The kind of document that stands in for it.
const KIND: &str = "security-txt";
/// The longest file that is read, in bytes.
const LONGEST: usize = 64 * 1024;

pub(super) const TEST: Test = Test {
    id: "reception/security-txt",
    title: "Is there a valid security.txt that says how to report a weakness?",
    shows: &["IQ(BUG).1.a.ii"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 9116 2.5, 3"],
    limits: "whether anybody reads what is reported, how reports are dealt with, and whether an OpenPGP signature is right",
};

fn applies(subject: &Subject<'_>) -> Applies {
    match subject {
        Subject::Product(profile) => {
            (!profile.components.iter().any(|each| each.interfaces.iter().any(declares)) && document(profile).is_some()).into()
        }
        Subject::Interface(_, _, interface) => declares(interface).into(),
        Subject::Component(..) => Applies::Elsewhere,
    }
}

fn declares(interface: &Interface) -> bool {
    interface.speaks.is_http() && interface.operations.iter().any(|operation| operation.path == PATH)
}

fn document(profile: &Profile) -> Option<&str> {
    profile.documents.iter().find(|document| document.kind == KIND).map(|document| document.file.as_str())
}

/// What the host answered.
#[derive(Debug, Serialize)]
struct Fetched {
    status: u16,
    content_type: String,
    file: SecurityTxt,
    /// The status at a path that does not exist.
    control_status: u16,
}

async fn run(bench: Bench) -> Outcome {
    match bench.interface() {
        Ok(interface) => on_the_web(&bench, &interface).await,
        Err(_) => on_paper(&bench),
    }
}

async fn on_the_web(bench: &Bench, interface: &Interface) -> Outcome {
    let permit = bench.permit()?;
    let answer = permit.fetch(PATH, LONGEST).await?;
    let nonce = permit.fetch(&format!("/.well-known/{:x}", bench.now().unix_timestamp_nanos()), LONGEST).await?;
    let content_type = answer.header("content-type").unwrap_or_default().to_owned();
    let file = read(&answer.body)?;
    let facts = Fetched { status: answer.status, content_type, file, control_status: nonce.status };
    let seen = bench.record("the security.txt, and a path that does not exist", &facts)?;
    let finding = |reason: String| Finding {
        reason,
        expected: "over https: 200, text/plain, UTF-8, a Contact, one Expires in the future".to_owned(),
        observed: format!("status {}, {}, Expires {}", facts.status, facts.content_type, facts.file.expires.join(", ")),
        ..Finding::default()
    };
    if let Some(fault) = fault_of(&answer, &facts, interface) {
        return seen.fail(finding(fault));
    }
    if answer.status != 200 {
        return seen.inconclusive(finding(format!("{PATH} answers with status {}, which says neither yes nor no", answer.status)));
    }
    if nonce.status == 200 && nonce.body == answer.body {
        return seen.inconclusive(finding("the host gives the same answer at a path that does not exist".to_owned()));
    }
    match check(&facts.file, bench.now()) {
        Err(fault) => seen.fail(finding(fault)),
        Ok(_) if nonce.status == 200 => seen.inconclusive(finding("the host answers with 200 at a path that does not exist".to_owned())),
        Ok(notes) => {
            let control = seen.control(format!("a path that does not exist answers with status {} on the same host", nonce.status));
            let ruling = seen.pass(control, finding("the security.txt is there and holds what it must".to_owned()))?;
            Ok(notes.into_iter().fold(ruling, Ruling::note))
        }
    }
}

fn fault_of(answer: &WebAnswer, facts: &Fetched, interface: &Interface) -> Option<String> {
    let media_type = facts.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let charset =
        facts.content_type.to_ascii_lowercase().contains("charset=") && !facts.content_type.to_ascii_lowercase().contains("utf-8");
    match answer.status {
        404 | 410 => Some(format!("there is no {PATH} (status {}), though the profile declares it: publish one", answer.status)),
        200 if !interface.speaks.is_tls() => Some(format!("{PATH} is served in clear: serve it over https (section 3)")),
        200 if media_type != "text/plain" => {
            Some(format!("{PATH} is `{}`: serve it as text/plain; charset=utf-8 (section 3)", facts.content_type))
        }
        200 if charset => Some(format!("{PATH} is `{}`: serve it as UTF-8 (section 3)", facts.content_type)),
        _ => None,
    }
}

/// From a copy that the user supplied.
fn on_paper(bench: &Bench) -> Outcome {
    let profile = bench.profile();
    let name = document(&profile).ok_or_else(|| Stop::missing("supply the security.txt as a document of kind security-txt"))?;
    let bytes = bench.file(name)?;
    let file = read(&bytes)?;
    let seen = bench.record_document(name, &bytes, &file)?;
    let finding = |reason: String| Finding {
        reason,
        expected: "UTF-8, a Contact, one Expires in the future".to_owned(),
        observed: format!("{} Contact, Expires {}", file.contacts.len(), file.expires.join(", ")),
        ..Finding::default()
    };
    match check(&file, bench.now()) {
        Err(fault) => seen.fail(finding(fault)),
        Ok(notes) => {
            let named = [&profile.product.manufacturer, &profile.product.name].into_iter().find(|name| mentions(&bytes, name));
            let ruling = match (file.canonical.first(), named) {
                (Some(canonical), _) => {
                    let control = seen.control(format!("the file names the place that it is a copy of: {canonical}"));
                    seen.pass(control, finding("the supplied copy holds what it must".to_owned()))
                }
                (None, Some(name)) => {
                    let control = seen.control(format!("the file names {name}"));
                    seen.pass(control, finding("the supplied copy holds what it must".to_owned()))
                }
                (None, None) => {
                    let what = "nothing in the copy shows that it is this manufacturer's: add Canonical to it, or let the host be asked";
                    seen.inconclusive(finding(what.to_owned()))
                }
            };
            Ok(notes.into_iter().fold(ruling?, Ruling::note))
        }
    }
}

fn read(bytes: &[u8]) -> Result<SecurityTxt, Stop> {
    security_txt::read(bytes).map_err(|why| Stop::missing(format!("supply a readable security.txt: {why}")))
}

/// What the file lacks, in words. Otherwise what is advised only.
fn check(file: &SecurityTxt, now: OffsetDateTime) -> Result<Vec<String>, String> {
    let words = |problem: &Problem| format!("{}{}{}", problem.place, if problem.place.is_empty() { "" } else { ": " }, problem.what);
    if let Some(problem) = file.problems.first() {
        return Err(words(problem));
    }
    if let Some(expiry) = file.expiry().filter(|expiry| *expiry <= now) {
        return Err(format!("the file expired at {expiry}: look through it and set a later date (section 2.5.5)"));
    }
    if !file.contacts.iter().any(|contact| usable(contact)) {
        return Err("the file has no Contact with a mailto, https or tel address: add one (section 2.5.3)".to_owned());
    }
    let mut notes: Vec<_> = file.advice.iter().map(words).collect();
    if file.is_far_ahead(now) {
        notes.push(format!("Expires lies more than a year ahead, at {}; less is advised (section 2.5.5)", file.expires.join(", ")));
    }
    notes.extend(
        file.contacts
            .iter()
            .filter(|contact| !usable(contact))
            .map(|contact| format!("Contact `{contact}` is no mailto, https or tel address")),
    );
    if file.envelope.is_some() {
        notes.push("the file carries an OpenPGP signature, which was not verified".to_owned());
    }
    Ok(notes)
}

/// Whether anybody can write or call there.
fn usable(contact: &str) -> bool {
    ["mailto:", "https:", "tel:"].iter().any(|scheme| contact.to_ascii_lowercase().starts_with(scheme))
}

fn mentions(bytes: &[u8], name: &str) -> bool {
    !name.is_empty() && String::from_utf8_lossy(bytes).to_lowercase().contains(&name.to_lowercase())
}
