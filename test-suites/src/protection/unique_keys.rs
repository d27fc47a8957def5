//! Has each sample keys of its own?

use std::collections::BTreeSet;

use assay_engine::{Applies, Bench, Outcome, Stop, Subject, Test};
use assay_model::profile::{Component, Interface, LoginKind, Profile, Speaks};
use assay_model::safety::{Method, Safety};
use assay_probes::{dtls, ssh_kex, x509};
use assay_wire::{Permit, TlsOptions};

use super::judge::{self, Reading, Words};

pub(super) const TEST: Test = Test {
    id: "protection/unique-keys",
    title: "Has each sample keys of its own?",
    shows: &["DI(DAS).1", "DP(KEY).1"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["EN 303 645 5.4-4", "SP 800-53 IA-5"],
    limits: "units that are not among the samples, pre-shared keys, and keys shown only to clients that ask for another kind",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let Some(component) = subject.component() else { return Applies::Elsewhere };
    (samples(subject.profile(), component).len() > 1 && component.interfaces.iter().any(shows_a_key)).into()
}

/// The sample at the component's own address, and the further ones.
pub(super) fn samples(profile: &Profile, component: &Component) -> Vec<String> {
    let further = profile.samples.iter().filter(|sample| sample.component == component.id).map(|sample| sample.id.clone());
    std::iter::once(component.sample.clone()).chain(further).collect()
}

/// Whether the server shows a public key here before anybody logs in.
pub(super) fn shows_a_key(interface: &Interface) -> bool {
    let shared_key = interface.login.as_ref().is_some_and(|login| login.kind == LoginKind::Psk);
    interface.speaks.is_tls() || interface.speaks == Speaks::Ssh || (interface.speaks.is_dtls() && !shared_key)
}

async fn run(bench: Bench) -> Outcome {
    let (component, profile) = (bench.component()?, bench.profile());
    let mut readings = Vec::new();
    let mut seen = bench.record("the samples to compare", &samples(&profile, &component))?;
    'reading: for interface in component.interfaces.iter().filter(|interface| shows_a_key(interface)) {
        for sample in samples(&profile, &component) {
            let permit = bench.permit_sample(&component.id, &sample, interface)?;
            let (first, second) = (keys(&permit).await?, keys(&permit).await?);
            let reading = Reading { sample: sample.clone(), interface: interface.id.clone(), first, second };
            seen = seen.and(bench.record(&format!("the keys of sample {sample} on {}, read twice", interface.id), &reading)?);
            readings.push(reading);
            // one shared key settles it
            if judge::unique(&readings).offends() {
                break 'reading;
            }
        }
    }
    let control = (!readings.is_empty()).then(|| {
        format!("each of {} sets of keys was read twice and was the same both times: equal keys are seen as equal", readings.len())
    });
    let words = Words {
        met: "no two samples show the same public key".to_owned(),
        expected: "a different key on every sample".to_owned(),
        observed: in_words(&readings),
        source: String::new(),
    };
    judge::unique(&readings).rule(seen, control, words)
}

/// Fingerprints of the public keys that a server shows, each with its kind.
pub(super) async fn keys(permit: &Permit) -> Result<BTreeSet<String>, Stop> {
    if permit.speaks() == Some(Speaks::Ssh) {
        let survey = ssh_kex::survey(permit).await?;
        return Ok(survey.host_keys.into_iter().map(|key| format!("{} {}", key.algorithm, key.sha256)).collect());
    }
    let leaves: Vec<Vec<u8>> = if permit.speaks().is_some_and(Speaks::is_tls) {
        let link = permit.tls(&TlsOptions::default()).await?;
        link.session().and_then(|session| session.chain.first().cloned()).into_iter().collect()
    } else {
        dtls::chains(permit).await?.iter().filter_map(|chain| chain.to_der().into_iter().next()).collect()
    };
    let print = |der: &Vec<u8>| x509::parse(der).map(|leaf| format!("{} {}", leaf.key.algorithm, leaf.spki_sha256));
    leaves.iter().map(print).collect::<Result<_, _>>().map_err(|why| Stop::Inconclusive(format!("a certificate cannot be read: {why}")))
}

fn in_words(readings: &[Reading]) -> String {
    let each = readings.iter().map(|reading| {
        let prints: Vec<_> = reading.first.iter().map(|print| print.chars().take(32).collect::<String>()).collect();
        format!("{} on {}: {}", reading.sample, reading.interface, judge::some_of(&prints))
    });
    judge::some_of(&each.collect::<Vec<_>>())
}
