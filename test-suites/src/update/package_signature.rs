//! Is the update package signed well, by the key that the manufacturer declares?

use assay_documents::package::{self, Package, Secret, Verification, secrets};
use assay_documents::pki::{Key, PublicKey, Trust, hash_of};
use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::policy::UpdatePolicy;
use assay_model::profile::Update;
use assay_model::safety::{Method, Safety};
use serde::Serialize;

use super::packages::signature_range;

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
    limits: "whether the product verifies it (update/altered-package), who holds the private key, and what lies in the package in a form that is not read: encrypted, squashfs, xz, zstd",
};

/// What was read of the package and of the declared key.
#[derive(Debug, Serialize)]
struct Facts {
    container: Option<Package>,
    private_keys: Vec<Secret>,
    /// The algorithm by the container, or else as declared.
    algorithm: Option<String>,
    key: Option<Key>,
    /// Whether the declared key verifies the signature, and whether it still does with one bit altered.
    verification: Option<Verification>,
    /// Whether the container itself tells what is signed and where, and the key verifies it in no algorithm.
    refuted: bool,
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
    if facts.refuted {
        let what = "the declared key does not verify the signature: sign the package with that key, or declare the key that signs";
        return seen.fail(finding(what.to_owned(), ""));
    }
    let verified = facts.verification.as_ref().map(|found| (found.verifies, found.verifies_altered)).unwrap_or_default();
    let doubt = facts.container.as_ref().and_then(doubt_of);
    let open = match (verified, doubt) {
        ((Some(true), Some(false)), None) => {
            let control = seen.control("with one other bit in the signed part, the same signature and key no longer verify");
            return seen.pass(control, finding("the package is signed, and the declared key verifies it".to_owned(), ""));
        }
        ((Some(true), Some(false)), Some(doubt)) => doubt,
        ((Some(_), _), _) => {
            "the signature does not verify: mend update.signature or update.algorithm, or supply the genuine package".to_owned()
        }
        ((None, _), _) => "the signature could not be verified: supply update.algorithm with the public key, and update.signature where the container does not tell its place".to_owned(),
    };
    seen.inconclusive(finding(open, ""))
}

/// Why a right signature does not show that all of the package is genuine.
fn doubt_of(container: &Package) -> Option<String> {
    let name = container.uncovered().into_iter().next();
    let uncovered = name.map(|name| format!("the signed part gives no hash for `{name}`, or one that is not read here: sign it too"));
    let odd = || {
        container.problems.first().map(|odd| format!("not all of the package could be read, build it again: {} {}", odd.place, odd.what))
    };
    uncovered.or_else(odd)
}

fn facts(bench: &Bench, update: &Update, file: &[u8]) -> Result<Facts, Stop> {
    let container = package::read(file).ok();
    let declared = update.algorithm.as_ref();
    let key = declared.map(|declared| {
        PublicKey::read(&bench.file(&declared.public_key)?).map_err(|what| Stop::missing(format!("{}: {what}", declared.public_key)))
    });
    let key = key.transpose()?;
    let name = declared.map_or("", |declared| declared.name.as_str());
    let algorithm = container.as_ref().and_then(|container| container.algorithm.clone());
    let place = update.signature.and_then(|place| signature_range(place, file.len()));
    let (signature, message) = match place {
        Some(range) => (file.get(range.clone()).unwrap_or_default(), [&file[..range.start], &file[range.end..]].concat()),
        None => (&[][..], Vec::new()),
    };
    let by_container = |name| key.as_ref().zip(container.as_ref()).and_then(|(key, read)| read.verify(file, name, Trust::Key(key)));
    let by_place = |key| (!signature.is_empty() && !message.is_empty()).then(|| Verification::of(name, key, &message, signature));
    let verification = by_container(name).or_else(|| key.as_ref().and_then(by_place));
    // nor must it be the declared algorithm that is wrong
    let refuted = [name, ""].into_iter().all(|name| by_container(name).is_some_and(|found| found.verifies == Some(false)));
    let blank = signature.first().is_some_and(|first| signature.iter().all(|byte| byte == first));
    Ok(Facts {
        private_keys: secrets(file),
        container,
        algorithm: algorithm.or_else(|| declared.map(|declared| declared.name.clone())),
        key: key.map(|key| key.facts),
        blank: blank || verification.as_ref().is_some_and(|found| found.blank),
        verification,
        refuted,
    })
}

/// What is wrong, and the source of the threshold.
fn fault_of(facts: &Facts, policy: &UpdatePolicy) -> Option<(String, String)> {
    let own = |reason: &str| Some((reason.to_owned(), String::new()));
    if let Some(secret) = facts.private_keys.first() {
        let within = if secret.within.is_empty() { String::new() } else { format!(" in {}", secret.within) };
        return own(&format!("the package holds {}{within}: take it out, and use another key from now on", secret.what));
    }
    if let Some(reason) = facts.container.as_ref().and_then(fault_of_container) {
        return own(&reason);
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
    let verified = facts.verification.as_ref().and_then(|found| found.algorithm.as_deref());
    let hashes = [facts.algorithm.as_deref(), verified].into_iter().flatten().filter_map(hash_of);
    let hash = hashes.into_iter().find(|hash| !policy.hashes.value.iter().any(|allowed| allowed == hash))?;
    Some((format!("the packages are signed over {hash}: use one of {}", policy.hashes.value.join(", ")), policy.hashes.source.clone()))
}

fn fault_of_container(container: &Package) -> Option<String> {
    let name = container.kind.words();
    if !container.signed {
        return Some(format!("the package is a {name} without a signature: sign it"));
    }
    if container.hash.as_ref().is_some_and(|(_, right)| !right) {
        return Some(format!("the {name} carries a hash that is not that of its content: build the package again"));
    }
    let odd = container.mismatched().into_iter().next()?;
    Some(format!("the file `{odd}` in the {name} is not the one that the signed part gives the hash of: build the package again"))
}

fn observed(facts: &Facts) -> String {
    let container = facts.container.as_ref().map_or("a container of its own", |container| container.kind.words());
    let key = facts.key.as_ref().map_or_else(|| "no declared key".to_owned(), |key| format!("{} {} bits", key.algorithm, key.bits));
    let verified = match facts.verification.as_ref().and_then(|found| found.verifies) {
        Some(true) => "verifies",
        Some(false) => "does not verify",
        None => "not verified",
    };
    format!("{container}, {}, {key}, signature {verified}", facts.algorithm.as_deref().unwrap_or("algorithm unknown"))
}
