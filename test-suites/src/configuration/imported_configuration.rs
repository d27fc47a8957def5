//! Is a configuration taken that was altered, or that belongs to another device?

use assay_engine::{Bench, Finding, Outcome, Ruling, Stop, Test};
use assay_model::profile::{Accessor, Component, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client, Session};
use serde::Serialize;
use serde_json::Value;

use crate::setting::{Setting, Snapshot, restoring};
use crate::support::{Reader, account_for, sign_in};

/// Names of members that hold a signature or a code, as files of JSON have them.
const CODES: [&str; 9] = ["mac", "hmac", "signature", "sig", "checksum", "digest", "hash", "crc", "tag"];

pub(super) const TEST: Test = Test {
    id: "configuration/imported-configuration",
    title: "Is a configuration taken that was altered, or that belongs to another device?",
    shows: &["DC(CTL).2"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| doors(component).is_ok()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-5, SI-7"],
    limits: "other alterations than the ones tried, and files that somebody signs who has the key",
};

type Place<'c> = (&'c Interface, &'c Operation);

/// Where a configuration is exported and imported.
fn doors(component: &Component) -> Result<(Place<'_>, Place<'_>), Stop> {
    let of = |purpose| component.doing(purpose).find(|(interface, _)| interface.speaks.is_http());
    let pair = of(Purpose::ExportConfiguration).zip(of(Purpose::ImportConfiguration));
    pair.ok_or_else(|| Stop::missing("declare operations that export and import the configuration"))
}

/// What came of one file.
#[derive(Debug, Serialize)]
struct Import {
    what: &'static str,
    access: Access,
    changed: Vec<String>,
}

impl Import {
    fn was_taken(&self) -> bool {
        self.access.is_granted() || !self.changed.is_empty()
    }
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    restoring(&bench, &component, Box::pin(look(&bench, &component))).await
}

async fn look(bench: &Bench, component: &Component) -> Outcome {
    let ((exporting, export), (importing, import)) = doors(component)?;
    let accessor = Accessor { interface: exporting.id.clone(), operation: export.id.clone(), pointer: None };
    let genuine = Reader::open(bench, component, &accessor).await?.read().await?;
    let Some((place, operation, altered)) = alter(bench, component, &genuine).await? else {
        return Err(Stop::missing(
            "no value of a declared setting stands once in the exported file, so that none could be altered: declare one",
        ));
    };
    let (files, missing) = files(bench, component, &accessor, &genuine, altered).await?;
    let before = Snapshot::take(bench, component).await?;
    let imports = offer(bench, component, (importing, import), files, &before).await?;
    let mut setting = Setting::open(bench, component, place, operation).await?;
    let change = setting.change_rightly().await?;
    setting.rest();
    let access = send(bench, component, (importing, import), &genuine).await?;
    let brought_back = before.differences(&Snapshot::take(bench, component).await?).is_empty();
    let seen = bench.record("files that were offered, and the genuine one after a change", &(&imports, &change, &access, brought_back))?;
    let told = |import: &Import| format!("{}: {}", import.what, import.access);
    let finding = |reason: String| Finding {
        reason,
        expected: "a refusal, and every setting as it was".to_owned(),
        observed: imports.iter().map(told).collect::<Vec<_>>().join("; "),
        ..Finding::default()
    };
    let ruling = if let Some(bad) = imports.iter().find(|import| import.was_taken()) {
        seen.fail(finding(format!("{} was imported: verify a signature or a code over the whole file first", bad.what)))
    } else if change.took_effect() && access.is_granted() && brought_back {
        let control = seen.control(format!("the file as it was exported was imported, and brought `{}` back", operation.id));
        seen.pass(control, finding("no altered or foreign file was imported".to_owned()))
    } else {
        seen.inconclusive(finding("the file as it was exported was not imported either, so that refusals show nothing".to_owned()))
    };
    Ok(missing.into_iter().fold(ruling?, Ruling::note))
}

/// Offers one file after the other, up to the first that is taken.
async fn offer(
    bench: &Bench,
    component: &Component,
    place: Place<'_>,
    files: Vec<(&'static str, String)>,
    before: &Snapshot,
) -> Result<Vec<Import>, Stop> {
    let mut imports: Vec<Import> = Vec::new();
    for (what, file) in files {
        let access = send(bench, component, place, &file).await?;
        let changed = before.differences(&Snapshot::take(bench, component).await?);
        imports.push(Import { what, access, changed });
        if imports.last().is_some_and(Import::was_taken) {
            break;
        }
    }
    Ok(imports)
}

/// A setting whose value stands once in the file, and the file with another value in its place.
async fn alter<'c>(bench: &Bench, component: &'c Component, file: &str) -> Result<Option<(&'c Interface, &'c Operation, String)>, Stop> {
    for interface in component.interfaces.iter().filter(|interface| interface.speaks.is_http()) {
        for operation in interface.operations.iter().filter(|operation| operation.is_setting()) {
            let mut setting = Setting::open(bench, component, interface, operation).await?;
            setting.rest();
            let (now, other) = (format!("\"{}\"", setting.original()), format!("\"{}\"", setting.another_value()?));
            if file.matches(&now).count() == 1 {
                return Ok(Some((interface, operation, file.replace(&now, &other))));
            }
        }
    }
    Ok(None)
}

/// The files that must not be taken, and what could not be made.
async fn files(
    bench: &Bench,
    component: &Component,
    accessor: &Accessor,
    genuine: &str,
    altered: String,
) -> Result<(Vec<(&'static str, String)>, Option<String>), Stop> {
    let mut files = vec![("a file with one altered value", altered.clone())];
    let unsigned = |file: &str| {
        let mut value: Value = serde_json::from_str(file).ok()?;
        let members = value.as_object_mut()?;
        let all = members.len();
        members.retain(|name, _| !CODES.contains(&name.to_ascii_lowercase().as_str()));
        (members.len() < all).then(|| value.to_string())
    };
    files.extend(unsigned(&altered).map(|file| ("a file with one altered value and without its code", file)));
    let profile = bench.profile();
    let Some(other) = profile.samples.iter().find(|sample| sample.component == component.id) else {
        return Ok((files, Some("a file of another device was not tried: add a second sample".to_owned())));
    };
    let foreign = Reader::open_sample(bench, component, &other.id, accessor).await?.read().await?;
    if foreign != genuine {
        files.push(("the file of another device", foreign));
    }
    Ok((files, None))
}

async fn send(bench: &Bench, component: &Component, (interface, operation): Place<'_>, file: &str) -> Result<Access, Stop> {
    let account = account_for(bench, &component.id, interface, operation)?;
    let (mut client, session): (Client, Session) = sign_in(bench, &component.id, interface, &account).await?;
    let answer = http::upload(&mut client, operation, Some(&session), None, file.as_bytes()).await?;
    Ok(Access::of(&answer))
}
