//! Does the component say which software it has, and only to those who may know?

use assay_engine::{Bench, Finding, Outcome, Seen, Stop, Test};
use assay_model::profile::{Accessor, Component};
use assay_model::run::Marking;
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client};
use serde::Serialize;

use crate::support::{Reader, place_of, value_in};

pub(super) const TEST: Test = Test {
    id: "update/version-readback",
    title: "Does the component say which software it has, and only to those who may know?",
    shows: &["DI(AID).3"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.version.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-8, SI-2"],
    limits: "whether the software is what its version says, and other places where the version shows",
};

/// What somebody without a credential is told.
#[derive(Debug, Serialize)]
struct Stranger {
    access: Access,
    value: Option<String>,
}

async fn run(bench: Bench) -> Outcome {
    let (component, profile) = (bench.component()?, bench.profile());
    let accessor = component.version.clone().ok_or_else(|| Stop::missing("add `version` to the component in the profile"))?;
    let wanted = component.expected_version.clone().unwrap_or_else(|| profile.product.version.clone());
    let (interface, operation) = place_of(&component, &accessor)?;
    let mut seen = None;
    if !operation.is_public() && interface.speaks.is_http() {
        let mut client = Client::new(bench.permit_for(&component.id, interface)?);
        let answer = http::call(&mut client, operation, None, None).await?;
        let told = Stranger { access: Access::of(&answer), value: value_in(&answer, accessor.pointer.as_deref()) };
        let asked = bench.record("the version, asked for without a credential", &told)?;
        // the whole body of an answer may be anything; at a pointer stands what is asked for
        let value = told.value.filter(|_| told.access.is_granted()).unwrap_or_default();
        if !value.is_empty() && (accessor.pointer.is_some() || value == wanted) {
            return asked.fail(shown(&operation.path, &wanted));
        }
        seen = Some((asked, told.access));
    }
    let version = Reader::open(&bench, &component, &accessor).await?.read().await?;
    let read = bench.record("the version, read by an account that may", &version)?;
    bench.mark(Marking::SoftwareVersion, &version);
    let finding = |reason: String| Finding {
        reason,
        expected: format!("version {wanted}, shown to those alone who may read it"),
        observed: format!("version {version}"),
        ..Finding::default()
    };
    if version != wanted {
        let what = format!("the component says that it has version `{version}`; the profile states `{wanted}`");
        return read.fail(finding(what));
    }
    let Some((asked, access)) = seen else { return other_value(&bench, &component, &accessor, &version, read, finding).await };
    if !access.is_withheld() {
        return asked.and(read).inconclusive(finding(format!("without a credential, `{}` was {access}", operation.id)));
    }
    let control = read.control("the same operation shows the version to an account that may read it");
    asked.and(read).pass(control, finding("the version is the stated one, and is kept from strangers".to_owned()))
}

fn shown(path: &str, wanted: &str) -> Finding {
    Finding {
        reason: format!("the version is shown without a credential at {path}: ask for a log-in first"),
        expected: format!("version {wanted}, shown to those alone who may read it"),
        observed: "an answer with the version".to_owned(),
        ..Finding::default()
    }
}

/// The version may be read by everybody. The control is another value, read in the same way.
async fn other_value(
    bench: &Bench,
    component: &Component,
    accessor: &Accessor,
    version: &str,
    seen: Seen,
    finding: impl Fn(String) -> Finding,
) -> Outcome {
    let identifier = component.identifier.as_ref().map(|declared| ("identifier", declared.accessor()));
    let clock = component.clock.clone().map(|clock| ("clock", clock));
    for (name, other) in identifier.into_iter().chain(clock).filter(|(_, other)| other.interface == accessor.interface) {
        let value = Reader::open(bench, component, &other).await?.read().await?;
        let read = bench.record(&format!("the {name}, read in the same way"), &value)?;
        if value != version {
            let control = read.control(format!("read in the same way, the {name} is another value"));
            return seen.and(read).pass(control, finding("the version is the stated one; everybody may read it, as declared".to_owned()));
        }
    }
    let what =
        "no other value is read at the same place, so a fixed answer cannot be ruled out: declare `identifier` or `clock` in the profile";
    seen.inconclusive(finding(what.to_owned()))
}
