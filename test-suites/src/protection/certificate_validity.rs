//! Do the certificates prove who the server is?

use assay_engine::{Bench, Outcome, Stop, Test};
use assay_model::profile::Interface;
use assay_model::run::Marking;
use assay_model::safety::{Method, Safety};
use assay_probes::tls::Survey;
use assay_probes::x509;

use super::judge::{self, Checked, Words, label};
use super::tls::{applies, survey};

pub(super) const TEST: Test = Test {
    id: "protection/certificate-validity",
    title: "Do the certificates prove who the server is?",
    shows: &["DP(CRY).2"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 5280 6", "RFC 9525 6", "SP 800-52r2 3.2"],
    limits: "revocation, certificate policies, and whether the clock of the laboratory is right",
};

/// A certificate whose key was thrown away when it was made: no product can chain to it.
const UNRELATED: &[u8] = include_bytes!("unrelated_anchor.pem");
/// A name that nobody can have (RFC 6761 section 6.4).
const OTHER_NAME: &str = "another-host.invalid";
const DAY: i64 = 86_400;

async fn run(bench: Bench) -> Outcome {
    let (survey, seen) = survey(&bench).await?;
    let anchors = anchors(&bench, &bench.interface()?)?;
    let chains = check(&survey, &anchors, &bench.permit()?.tls_name(), bench.now().unix_timestamp())?;
    let seen = seen.and(bench.record("what the chains prove, and what they do not", &chains)?);
    for chain in &chains {
        bench.mark(Marking::CertificateKey, &chain.leaf.spki_sha256);
        bench.mark(Marking::CertificateIssuer, &chain.leaf.issuer);
    }
    let policy = bench.policy();
    let mut judged = judge::validity(&chains, &policy.certificate);
    judged.open.extend(judge::unclear(&survey).chain(judge::sealed(&survey)));
    if chains.is_empty() {
        judged.leave_open("no certificate was shown: does the server ask for a name (tls_name) or a client certificate?");
    }
    let control = (!chains.is_empty() && chains.iter().all(Checked::opposites_are_seen)).then(|| {
        "the same validator turned these chains down for another name, a day before and a day after their validity, and under an \
         unrelated anchor"
            .to_owned()
    });
    let words = Words {
        met: "every chain leads to a declared anchor, carries the name, is valid now and may stand for a server".to_owned(),
        expected: "a path to a declared anchor, the name of the profile, validity now, serverAuth, a leaf that is no authority".to_owned(),
        observed: in_words(&chains),
        source: policy.certificate.validation.source.clone(),
    };
    judged.rule(seen, control, words)
}

/// The trust anchors that the profile declares.
fn anchors(bench: &Bench, interface: &Interface) -> Result<Vec<Vec<u8>>, Stop> {
    let mut anchors = Vec::new();
    for name in &interface.trust {
        let pem = bench.file(name)?;
        anchors.extend(x509::pem_to_der(&pem).map_err(|why| Stop::Error(format!("{name}: {why}: mend `trust` in the profile")))?);
    }
    Ok(anchors)
}

fn check(survey: &Survey, anchors: &[Vec<u8>], name: &str, now: i64) -> Result<Vec<Checked>, Stop> {
    let unrelated = x509::pem_to_der(UNRELATED).map_err(Stop::Error)?;
    let mut checked = Vec::new();
    for shown in &survey.chains {
        let chain = shown.to_der();
        let Some(first) = chain.first() else { continue };
        let leaf = x509::parse(first).map_err(|why| Stop::Inconclusive(format!("the leaf cannot be read: {why}")))?;
        let at = |time: i64| x509::validate(&chain, anchors, name, time);
        checked.push(Checked {
            when: label(&shown.version),
            anchored: !anchors.is_empty(),
            pinned: anchors.contains(first),
            name: name.to_owned(),
            now: at(now),
            other_name: x509::validate(&chain, anchors, OTHER_NAME, now),
            other_times: [at(leaf.not_before.saturating_sub(DAY)), at(leaf.not_after.saturating_add(DAY))],
            other_anchor: x509::validate(&chain, &unrelated, name, now),
            leaf,
        });
    }
    Ok(checked)
}

fn in_words(chains: &[Checked]) -> String {
    let each = chains.iter().map(|chain| {
        let (now, yes) = (&chain.now, |holds: bool| if holds { "yes" } else { "no" });
        let path = now.chain_to_anchor.as_ref().map_or_else(Clone::clone, |()| "yes".to_owned());
        format!(
            "{}: path {path}, name {}, in time {}, server {}",
            chain.when,
            yes(now.name_matches),
            yes(now.in_time),
            yes(now.server_auth)
        )
    });
    judge::some_of(&each.collect::<Vec<_>>())
}
