//! Are the keys and signatures of certificates strong enough?

use assay_engine::{Bench, Finding, Outcome, Test};
use assay_model::safety::{Method, Safety};

use super::judge::{self, Shown, Words, label};
use super::tls::{applies, best, survey};

pub(super) const TEST: Test = Test {
    id: "protection/certificate-strength",
    title: "Are the keys and signatures of certificates strong enough?",
    shows: &["DP(CRY).3", "DP(CRY).4"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-131Ar2 3, 9", "RFC 9325 4.5"],
    limits: "how the keys were made and are kept, and certificates that the server shows only for other names",
};

async fn run(bench: Bench) -> Outcome {
    let (survey, seen) = survey(&bench).await?;
    let policy = bench.policy();
    let chains: Vec<_> = survey.chains.iter().map(|chain| Shown::read(label(&chain.version), &chain.to_der())).collect();
    let seen = seen.and(bench.record("what stands in the certificates", &chains)?);
    let psk_only = survey.suites.values().flatten().all(|suite| suite.has("psk"));
    if chains.is_empty() && psk_only && !survey.suites.is_empty() {
        let reason = "the server shows no certificate: every suite that it accepts rests on a pre-shared key".to_owned();
        return seen.not_applicable(Finding { reason, ..Finding::default() });
    }
    let mut judged = judge::strength(&chains, &policy.certificate);
    judged.open.extend(judge::unclear(&survey));
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
    let control = best(&survey).map(|best| control(&chains, &best));
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
