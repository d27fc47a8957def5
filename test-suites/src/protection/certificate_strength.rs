//! Are the keys and signatures of certificates strong enough?

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::LoginKind;
use assay_model::safety::{Method, Safety};

use super::judge::{self, Shown, Words, label};
use super::{dtls, tls};

pub(super) const TEST: Test = Test {
    id: "protection/certificate-strength",
    title: "Are the keys and signatures of certificates strong enough?",
    shows: &["DP(CRY).3", "DP(CRY).4"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-131Ar2 3, 9", "RFC 9325 4.5"],
    limits: "how the keys were made and are kept, and certificates that the server shows only for other names",
};

/// Interfaces with TLS, and those with DTLS that do not rest on a pre-shared key.
fn applies(subject: &Subject<'_>) -> Applies {
    let Some((_, interface)) = subject.interface() else { return Applies::Elsewhere };
    let shared_key = interface.login.as_ref().is_some_and(|login| login.kind == LoginKind::Psk);
    (interface.speaks.is_tls() || (interface.speaks.is_dtls() && !shared_key)).into()
}

/// What a survey tells of certificates.
struct Found {
    chains: Vec<Shown>,
    /// Whether every accepted suite rests on a pre-shared key.
    shared_keys_only: bool,
    unclear: Vec<String>,
    /// What was agreed on, if anything.
    best: Option<String>,
}

async fn find(bench: &Bench) -> Result<(Found, Seen), Stop> {
    if bench.interface()?.speaks.is_dtls() {
        let (survey, seen) = dtls::survey(bench).await?;
        let chains = survey.chains.iter().map(|chain| Shown::read(format!("DTLS {}", chain.version), &chain.to_der())).collect();
        let suites = survey.all_suites();
        let shared_keys_only = !suites.is_empty() && suites.iter().all(|suite| suite.has("psk"));
        let best = suites.first().map(|suite| format!("DTLS with {}", suite.name));
        return Ok((Found { chains, shared_keys_only, unclear: Vec::new(), best }, seen));
    }
    let (survey, seen) = tls::survey(bench).await?;
    let chains = survey.chains.iter().map(|chain| Shown::read(label(&chain.version), &chain.to_der())).collect();
    let mut suites = survey.suites.values().flatten().peekable();
    let shared_keys_only = suites.peek().is_some() && suites.all(|suite| suite.has("psk"));
    Ok((
        Found {
            chains,
            shared_keys_only,
            unclear: judge::unclear(&survey).chain(judge::sealed(&survey)).collect(),
            best: tls::best(&survey),
        },
        seen,
    ))
}

async fn run(bench: Bench) -> Outcome {
    let (Found { chains, shared_keys_only, unclear, best }, seen) = find(&bench).await?;
    let policy = bench.policy();
    let seen = seen.and(bench.record("what stands in the certificates", &chains)?);
    if chains.is_empty() && shared_keys_only {
        let reason = "the server shows no certificate: every suite that it accepts rests on a pre-shared key".to_owned();
        return seen.not_applicable(Finding { reason, ..Finding::default() });
    }
    let mut judged = judge::strength(&chains, &policy.certificate);
    judged.open.extend(unclear);
    if chains.is_empty() {
        judged.leave_open("no certificate was shown: does the server ask for a name (tls_name) or a client certificate?");
    }
    let words = Words {
        met: "keys and signatures of all certificates are as strong as the policy asks".to_owned(),
        expected: format!(
            "RSA keys of {} bits or more, EC keys of {} or more, signatures with {}",
            policy.certificate.rsa_min_bits.value,
            policy.certificate.ec_min_bits.value,
            policy.certificate.hashes.value.join(", ")
        ),
        observed: in_words(&chains),
        source: policy.certificate.rsa_min_bits.source.clone(),
    };
    let control = best.map(|best| control(&chains, &best));
    judged.rule(seen, control, words)
}

fn control(chains: &[Shown], best: &str) -> String {
    let count: usize = chains.iter().map(|chain| chain.certificates.len()).sum();
    format!(
        "the server chose these {count} certificates in answer to hellos that also offered RSA, ECDSA and DSS and signatures \
         with SHA-1 and MD5, and {best} was accepted: a weaker certificate for any accepted suite would have been shown and read"
    )
}

fn in_words(chains: &[Shown]) -> String {
    let each = chains.iter().flat_map(|chain| chain.certificates.iter().map(|found| (&chain.when, found)));
    let each = each.map(|(when, found)| match found {
        Ok(found) => format!("{when}: `{}` {} {} bits, {}", found.subject, found.key.algorithm, found.key.bits, found.signature_algorithm),
        Err(why) => format!("{when}: unreadable ({why})"),
    });
    judge::some_of(&each.collect::<Vec<_>>())
}
