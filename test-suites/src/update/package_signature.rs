//! Is the update package signed well, by the key that the manufacturer declares?

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::policy::UpdatePolicy;
use assay_model::profile::Update;
use assay_model::safety::{Method, Safety};
use assay_probes::x509::{self, Key};
use serde::Serialize;

use super::container::{Container, detect};
use super::packages::signature_range;
use super::signature::{hash_of, private_key, verifies};

pub(super) const TEST: Test = Test {
    id: "update/package-signature",
    title: "Is the update package signed well, by the key that the manufacturer declares?",
    shows: &["SU(UPD).5"],
    method: Method::Document,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.update.is_some()).into(),
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["SP 800-131Ar2", "FIPS 186-5", "RFC 9019"],
    limits: "whether the product verifies it (update/altered-package), who holds the private key, and what lies compressed or encrypted in the package",
};

/// What was read of the package and of the declared key.
#[derive(Debug, Serialize)]
struct Facts {
    container: Option<Container>,
    private_key: Option<String>,
    algorithm: Option<String>,
    key: Option<Key>,
    /// Whether the declared key verifies the signature.
    verifies: Option<bool>,
    /// Whether it still does once a byte of the signed part is another.
    verifies_altered: Option<bool>,
    /// Whether a single byte fills the place of the signature.
    blank: bool,
}

fn run(bench: &Bench) -> Outcome {
    let update = bench.component()?.update.ok_or_else(|| Stop::missing("add `update` to the component in the profile"))?;
    let file = bench.file(&update.genuine.file)?;
    let (facts, policy) = (facts(bench, &update, &file)?, bench.policy());
    let seen = bench.record_document(&update.genuine.file, &file, &facts)?;
    let finding = |reason: String, source: &str| Finding {
        reason,
        expected: "a signature that the declared key verifies; no private key in the package".to_owned(),
        observed: observed(&facts),
        source: source.to_owned(),
    };
    if let Some((reason, source)) = fault_of(&facts, &policy.update) {
        return seen.fail(finding(reason, &source));
    }
    match (facts.verifies, facts.verifies_altered) {
        (Some(true), Some(false)) => {
            let control = seen.control("with one other bit in the signed part, the same signature and key no longer verify");
            seen.pass(control, finding("the package is signed, and the declared key verifies it".to_owned(), ""))
        }
        (Some(_), _) => {
            let what = "the signature does not verify: mend update.signature or update.algorithm, or supply the genuine package";
            seen.inconclusive(finding(what.to_owned(), ""))
        }
        (None, _) => {
            let what = "the signature could not be verified: supply update.algorithm with the public key, and update.signature where the container does not tell its place";
            seen.inconclusive(finding(what.to_owned(), ""))
        }
    }
}

fn facts(bench: &Bench, update: &Update, file: &[u8]) -> Result<Facts, Stop> {
    let container = detect(file);
    let declared = update.algorithm.as_ref();
    let key = declared.map(|declared| {
        x509::public_key(&bench.file(&declared.public_key)?).map_err(|what| Stop::missing(format!("{}: {what}", declared.public_key)))
    });
    let key = key.transpose()?;
    let by_container = container.as_ref().and_then(|container| container.algorithm).map(str::to_owned);
    let algorithm = by_container.or_else(|| declared.map(|declared| declared.name.clone()));
    let places = container.as_ref().and_then(|container| container.places.clone());
    let (signature, message) = match (places, update.signature.and_then(|place| signature_range(place, file.len()))) {
        (Some((signature, signed)), _) => (file.get(signature).unwrap_or_default(), file.get(signed).unwrap_or_default().to_vec()),
        (None, Some(range)) => (file.get(range.clone()).unwrap_or_default(), [&file[..range.start], &file[range.end..]].concat()),
        (None, None) => (&[][..], Vec::new()),
    };
    let mut altered = message.clone();
    let middle = altered.len() / 2;
    altered.get_mut(middle).into_iter().for_each(|byte| *byte ^= 1);
    let verify = |message: &[u8]| {
        let (facts, bytes) = key.as_ref().filter(|_| !signature.is_empty() && !message.is_empty())?;
        verifies(algorithm.as_deref().unwrap_or_default(), facts, bytes, message, signature)
    };
    let blank = signature.first().is_some_and(|first| signature.iter().all(|byte| byte == first));
    let (right, wrong) = (verify(&message), verify(&altered));
    Ok(Facts {
        private_key: private_key(file),
        container,
        algorithm,
        key: key.map(|(key, _)| key),
        verifies: right,
        verifies_altered: wrong,
        blank,
    })
}

/// What is wrong, and the source of the threshold.
fn fault_of(facts: &Facts, policy: &UpdatePolicy) -> Option<(String, String)> {
    let own = |reason: &str| Some((reason.to_owned(), String::new()));
    if let Some(secret) = &facts.private_key {
        return own(&format!("the package holds {secret}: take it out, and use another key from now on"));
    }
    if let Some(container) = facts.container.as_ref().filter(|container| !container.signed) {
        return own(&format!("the package is a {} without a signature: sign it", container.name));
    }
    if facts.blank {
        return own("the place of the signature holds one byte over and over: sign the package");
    }
    if let Some(key) = facts.key.as_ref().filter(|key| key.bits > 0) {
        let least = match key.algorithm.as_str() {
            "RSA" | "DSA" => Some(&policy.rsa_min_bits),
            "EC" => Some(&policy.ec_min_bits),
            _ => None,
        };
        if let Some(least) = least.filter(|least| key.bits < least.value) {
            let what = format!("the key of the packages is {} with {} bits only: use {} or more", key.algorithm, key.bits, least.value);
            return Some((what, least.source.clone()));
        }
    }
    let hash = facts.algorithm.as_deref().and_then(hash_of).filter(|hash| !policy.hashes.value.iter().any(|allowed| allowed == hash))?;
    Some((format!("the packages are signed over {hash}: use one of {}", policy.hashes.value.join(", ")), policy.hashes.source.clone()))
}

fn observed(facts: &Facts) -> String {
    let container = facts.container.as_ref().map_or("a container of its own", |container| container.name);
    let key = facts.key.as_ref().map_or_else(|| "no declared key".to_owned(), |key| format!("{} {} bits", key.algorithm, key.bits));
    let verified = match facts.verifies {
        Some(true) => "verifies",
        Some(false) => "does not verify",
        None => "not verified",
    };
    format!("{container}, {}, {key}, signature {verified}", facts.algorithm.as_deref().unwrap_or("algorithm unknown"))
}
