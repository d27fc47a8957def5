//! Protections of TLS beside versions and suites.

use assay_model::policy::{Threshold, TlsPolicy};
use assay_probes::tls::Survey;

use super::Judgement;

/// Safeguards that the policy asks for and that are lacking.
pub(in super::super) fn safeguards(survey: &Survey, policy: &TlsPolicy) -> Judgement {
    let mut judged = Judgement::default();
    let found = &survey.safeguards;
    let accepted: Vec<&str> = survey.accepted().collect();
    let extensible = |version: &&str| ["1.0", "1.1", "1.2"].contains(version);
    if accepted.iter().any(extensible) {
        let lacks = "the extended master secret is not supported";
        demand(&mut judged, &policy.extended_master_secret, found.extended_master_secret, lacks, "support it (RFC 7627)");
        let lacks = "secure renegotiation is not indicated";
        let change = "answer with the renegotiation_info extension (RFC 5746)";
        demand(&mut judged, &policy.secure_renegotiation, found.renegotiation_info, lacks, change);
        let lacks = "compression with DEFLATE is accepted";
        demand(&mut judged, &policy.no_compression, found.compression.map(|on| !on), lacks, "turn compression of TLS off");
    } else if accepted == ["1.3"] {
        judged.note("only TLS 1.3 is accepted: it has these safeguards built in, and no renegotiation, compression or fallback");
    } else if accepted.is_empty() {
        judged.leave_open("no version was accepted, so that nothing could be asked: does the server ask for a name (tls_name)?");
    }
    if accepted.contains(&"1.3") && accepted.iter().any(extensible) {
        let lacks = "the random of an older version does not carry the downgrade marker of TLS 1.3";
        demand(&mut judged, &policy.downgrade_marker, found.downgrade_marker, lacks, "set it as RFC 8446 section 4.1.3 says");
    }
    fallback(&mut judged, survey, policy);
    judged.open.extend(super::unclear(survey));
    judged
}

/// The signalling value protects against fallback below TLS 1.2. Between 1.2 and 1.3 the downgrade marker does.
fn fallback(judged: &mut Judgement, survey: &Survey, policy: &TlsPolicy) {
    let old = |version: &str| matches!(version, "1.0" | "1.1");
    match survey.safeguards.fallback_scsv {
        Some(false) if policy.fallback_scsv.value && survey.accepted().any(old) => {
            let what = "a fallback marked by TLS_FALLBACK_SCSV is accepted while versions below TLS 1.2 are";
            judged.offend(what, "refuse it with inappropriate_fallback, or turn the old versions off", &policy.fallback_scsv.source);
        }
        Some(false) => judged.note("TLS_FALLBACK_SCSV is not honoured; between TLS 1.2 and 1.3 the downgrade marker does its work"),
        _ => {}
    }
}

fn demand(judged: &mut Judgement, threshold: &Threshold<bool>, found: Option<bool>, lacks: &str, change: &str) {
    match found {
        _ if !threshold.value => {}
        Some(true) => {}
        Some(false) => judged.offend(lacks, change, &threshold.source),
        None => judged.leave_open(format!("it could not be told whether {lacks}")),
    }
}

#[cfg(test)]
mod tests {
    use assay_probes::tls::{Safeguards, Support};

    use super::super::policy;
    use super::*;

    fn survey(accepted: &[&str], change: impl Fn(&mut Safeguards)) -> Survey {
        let mut safeguards = Safeguards {
            extended_master_secret: Some(true),
            renegotiation_info: Some(true),
            compression: Some(false),
            fallback_scsv: Some(true),
            downgrade_marker: Some(true),
            ..Safeguards::default()
        };
        change(&mut safeguards);
        Survey { versions: accepted.iter().map(|name| ((*name).to_owned(), Support::Accepted)).collect(), safeguards, ..Survey::default() }
    }

    #[test]
    fn each_lack_offends_where_the_question_arises() {
        let policy = policy("general").tls;
        let whats = |accepted: &[&str], change: fn(&mut Safeguards)| safeguards(&survey(accepted, change), &policy).offences.len();
        assert_eq!(whats(&["1.2", "1.3"], |_| {}), 0);
        assert_eq!(whats(&["1.2"], |each| each.extended_master_secret = Some(false)), 1);
        assert_eq!(whats(&["1.2"], |each| each.renegotiation_info = Some(false)), 1);
        assert_eq!(whats(&["1.2"], |each| each.compression = Some(true)), 1);
        assert_eq!(whats(&["1.2"], |each| each.downgrade_marker = Some(false)), 0);
        assert_eq!(whats(&["1.2", "1.3"], |each| each.downgrade_marker = Some(false)), 1);
        assert_eq!(whats(&["1.2", "1.3"], |each| each.fallback_scsv = Some(false)), 0);
        assert_eq!(whats(&["1.1", "1.2"], |each| each.fallback_scsv = Some(false)), 1);
    }

    #[test]
    fn what_cannot_be_told_stays_open_and_what_does_not_arise_is_noted() {
        let policy = policy("general").tls;
        assert_eq!(safeguards(&survey(&["1.2"], |each| each.compression = None), &policy).open.len(), 1);
        let newest = safeguards(&survey(&["1.3"], |each| *each = Safeguards::default()), &policy);
        assert_eq!((newest.offends(), newest.open.len(), newest.notes.len()), (false, 0, 1));
        assert_eq!(safeguards(&Survey::default(), &policy).open.len(), 1);
    }
}
