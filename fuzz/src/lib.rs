//! One function for each reader of files that people write, and of what a run, a seal or a declaration left on disk; for the
//! fuzz targets, and for the test of the program that drives them all.
//!
//! Each takes any bytes and must neither panic, nor hang, nor take memory beyond a small multiple of its input.

use std::fs;
use std::sync::LazyLock;

use assay_conformity::comparison;
use assay_conformity::declaration::Declaration;
use assay_conformity::{gaps, issuer, sample, spot_check};
use assay_engine::Folder;
use assay_model::answers;
use assay_model::evidence::EvidenceId;
use assay_model::form::Problems;
use assay_model::plan::Place;
use assay_model::profile;
use assay_model::question::{Asked, Question, Visit, Wanted};
use assay_model::run::Run;
use assay_probes::tls::{Known, Survey};
use assay_reports::{Format, Options, laboratory, render, sdoc};
use assay_seal::{Bundle, PrivateKey, PublicKey, SEAL, bundle};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tempfile::TempDir;

/// A reader of files.
pub type Reader = fn(&[u8]);

/// All readers by name, which is also the name of the fuzz target and of the folder with its seeds.
pub const READERS: &[(&str, Reader)] = &[
    ("file_answers", answers_of_people),
    ("file_declaration", declaration),
    ("file_gaps", decided_gaps),
    ("file_issuer", issuer_of_declaration),
    ("file_journal", journal),
    ("file_key", key),
    ("file_known_tls", known_tls),
    ("file_laboratory", laboratory_of_report),
    ("file_profile", profile_of_product),
    ("file_run", run),
    ("file_sealed", sealed),
    ("file_statement", statement),
];

/// The files of a small sealed run.
const FILES: [(&str, &[u8]); 4] = [
    ("run.json", include_bytes!("../seeds/file_sealed/run.json")),
    ("plan.json", include_bytes!("../seeds/file_sealed/plan.json")),
    ("journal.jsonl", include_bytes!("../seeds/file_sealed/journal.jsonl")),
    (SEAL, include_bytes!("../seeds/file_sealed/seal.json")),
];
const SEEN: &[u8] = b"HTTP/1.1 401 Unauthorized";

/// A run that other files are about.
static RUN: LazyLock<Option<Run>> = LazyLock::new(|| serde_json::from_slice(include_bytes!("../seeds/file_run/fails")).ok());

thread_local! {
    static SEALED: Option<(TempDir, Bundle)> = sealed_run();
}

/// A folder with that run, and the bundle that it is.
fn sealed_run() -> Option<(TempDir, Bundle)> {
    let folder = tempfile::tempdir().ok()?;
    fs::create_dir(folder.path().join("evidence")).ok()?;
    let seen = format!("evidence/{}", EvidenceId::of(SEEN).hex());
    for (name, bytes) in FILES.into_iter().chain([(seen.as_str(), SEEN), ("report.html", b"<p>conforms</p>")]) {
        fs::write(folder.path().join(name), bytes).ok()?;
    }
    let bundle = bundle::open(folder.path(), &[]).ok()?;
    Some((folder, bundle))
}

/// Shows what is wrong with a file, as the program does.
fn told<T>(read: Result<T, Problems>) -> Option<T> {
    read.map_err(|problems| problems.render(true)).ok()
}

/// Answers of people, held against two questions.
pub fn answers_of_people(bytes: &[u8]) {
    let Some(run) = &*RUN else { return };
    let asked = |question, interface: Option<&str>| Asked {
        place: Place { test: "family/test".to_owned(), component: Some("device".to_owned()), interface: interface.map(str::to_owned) },
        question,
    };
    let questions = [
        asked(Question::finding("legible", Visit::Bench, "Is it legible?"), None),
        asked(Question::asking("length", Visit::Bench, "How long is it?", Wanted::Number("metres")), Some("web")),
    ];
    let known = answers::Known { product: &run.product, questions: &questions, documents: &["guide"] };
    for answer in told(answers::read("answers.toml", &String::from_utf8_lossy(bytes), &known)).into_iter().flatten() {
        let _ = answer.answered.map(|who| who.told());
    }
}

/// A declaration of somebody else: shown, and a sample of its claims drawn.
pub fn declaration(bytes: &[u8]) {
    let Ok(declaration) = serde_json::from_slice::<Declaration>(bytes) else { return };
    let _ = (sample::draw(&declaration.requirements.claims, "seed", sample::USUAL_SHARE), sdoc::html(&declaration));
    let _ = spot_check::unusable(&declaration, "2026-11-28");
}

/// What was decided about the gaps of a run.
pub fn decided_gaps(bytes: &[u8]) {
    if let Some(run) = &*RUN {
        told(gaps::read("gaps.toml", &String::from_utf8_lossy(bytes), run));
    }
}

/// What the issuer of a declaration supplies.
pub fn issuer_of_declaration(bytes: &[u8]) {
    let _ = told(issuer::read("issuer.toml", &String::from_utf8_lossy(bytes))).map(|issuer| issuer.missing());
}

/// The journal of a run, which may have been cut off anywhere.
pub fn journal(bytes: &[u8]) {
    in_place_of("journal.jsonl", bytes, |folder, _| {
        let _ = Folder::open(folder.path()).map(|run| run.is_finished());
    });
}

/// A key file.
pub fn key(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = (PublicKey::read(&text), PrivateKey::read(&text));
}

/// What an earlier survey of TLS found.
pub fn known_tls(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    let facts = value.get("facts").cloned().unwrap_or(value);
    let _ = serde_json::from_value::<Survey>(facts).map(|survey| Known::of(&survey));
}

/// What a laboratory supplies for a test report, held against a run.
pub fn laboratory_of_report(bytes: &[u8]) {
    let read = told(laboratory::read("laboratory.toml", &String::from_utf8_lossy(bytes)));
    if let (Some(run), Some(laboratory)) = (&*RUN, read) {
        let _ = render(Format::TestReport, run, &Options { laboratory, whole: true, ..Options::default() });
    }
}

/// A profile.
pub fn profile_of_product(bytes: &[u8]) {
    told(profile::read("profile.toml", &String::from_utf8_lossy(bytes), &profile::Known::NOTHING));
}

/// The results of a run: reports, open gaps, and what differs from another run.
pub fn run(bytes: &[u8]) {
    let Ok(run) = serde_json::from_slice::<Run>(bytes) else { return };
    let _ = (gaps::draft(&run), RUN.as_ref().map(|other| comparison::compare(other, &run)));
    for format in Format::UNASKED {
        let _ = render(format, &run, &Options::default());
    }
}

/// Each file of a sealed run, in the place of the one that was sealed.
pub fn sealed(bytes: &[u8]) {
    for (name, _) in FILES {
        in_place_of(name, bytes, |folder, sound| {
            let _ = (bundle::open(folder.path(), &[]), assay_seal::run::verify(folder.path(), sound));
        });
    }
}

/// A statement in an envelope that nobody signed.
pub fn statement(bytes: &[u8]) {
    let payload = STANDARD.encode(bytes);
    let envelope =
        format!("{{\n  \"payload\": \"{payload}\",\n  \"payloadType\": \"application/vnd.in-toto+json\",\n  \"signatures\": []\n}}\n");
    in_place_of(SEAL, envelope.as_bytes(), |folder, _| {
        let _ = bundle::open_to_sign(folder.path());
    });
}

/// Looks at the folder of the sealed run while one of its files holds these bytes.
fn in_place_of(name: &str, bytes: &[u8], look: impl Fn(&TempDir, &Bundle)) {
    SEALED.with(|sealed| {
        let (Some((folder, bundle)), Some((_, sound))) = (sealed, FILES.iter().find(|file| file.0 == name)) else { return };
        let path = folder.path().join(name);
        // a file that is written over is waited for on some file systems, a new one is not
        let put = |bytes: &[u8]| fs::remove_file(&path).and_then(|()| fs::write(&path, bytes));
        if put(bytes).is_ok() {
            look(folder, bundle);
        }
        let _ = put(sound);
    });
}
