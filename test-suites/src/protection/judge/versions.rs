//! Versions of TLS.

use assay_model::policy::TlsPolicy;
use assay_probes::tls::{Support, Survey};

use super::{Judgement, unclear};

/// From the oldest to the newest, as probes and policies name them.
const ORDER: [&str; 6] = ["SSLv2", "SSLv3", "1.0", "1.1", "1.2", "1.3"];

/// The name of a version as people write it.
pub(in super::super) fn label(version: &str) -> String {
    if version.starts_with("SSL") { version.to_owned() } else { format!("TLS {version}") }
}

fn age(version: &str) -> Option<usize> {
    ORDER.iter().position(|each| *each == version)
}

/// Whether the policy wants a newer version; of one that nobody knows, it does not.
pub(super) fn too_old(version: &str, policy: &TlsPolicy) -> bool {
    age(version).is_some_and(|found| age(&policy.min_version.value).is_some_and(|least| found < least))
}

/// Versions that are accepted and too old, and versions that must be there and are not.
pub(in super::super) fn versions(survey: &Survey, policy: &TlsPolicy) -> Judgement {
    let mut judged = Judgement::default();
    let Some(least) = age(&policy.min_version.value) else {
        judged.leave_open(format!("the policy names no known version of TLS: `{}`", policy.min_version.value));
        return judged;
    };
    let old: Vec<_> = survey.accepted().filter(|version| age(version).is_none_or(|age| age < least)).map(label).collect();
    if !old.is_empty() {
        let change = format!("turn it off and accept {} or newer only", label(&policy.min_version.value));
        let verb = if old.len() == 1 { "is" } else { "are" };
        judged.offend(format!("{} {verb} accepted", old.join(" and ")), change, &policy.min_version.source);
    }
    for version in &policy.must_offer.value {
        if let Some(Support::Refused { how }) = survey.versions.get(version) {
            let what = format!("{} is refused ({how})", label(version));
            judged.offend(what, "accept it beside the others", &policy.must_offer.source);
        }
    }
    judged.open.extend(unclear(survey));
    if survey.accepted().next().is_none() {
        judged.leave_open("no hello was accepted in any version, so the refusals show nothing: does the server ask for a name (tls_name)?");
    }
    judged
}

#[cfg(test)]
mod tests {
    use super::super::policy;
    use super::*;

    fn survey(accepted: &[&str], unclear: &[&str]) -> Survey {
        let support = |name: &str| match name {
            _ if accepted.contains(&name) => Support::Accepted,
            _ if unclear.contains(&name) => Support::Unclear { why: "late".to_owned() },
            _ => Support::Refused { how: "protocol_version".to_owned() },
        };
        Survey { versions: ORDER.iter().map(|name| ((*name).to_owned(), support(name))).collect(), ..Survey::default() }
    }

    #[test]
    fn old_versions_offend_and_missing_ones_where_the_policy_asks() {
        let (general, federal) = (policy("general").tls, policy("federal").tls);
        assert_eq!(versions(&survey(&["1.2", "1.3"], &[]), &federal), Judgement::default());
        assert_eq!(versions(&survey(&["1.2"], &[]), &general), Judgement::default());
        assert_eq!(versions(&survey(&["1.2"], &[]), &federal).whats(), ["TLS 1.3 is refused (protocol_version)"]);
        let old = versions(&survey(&["1.0", "1.2", "SSLv3"], &[]), &general);
        assert_eq!(old.whats(), ["TLS 1.0 and SSLv3 are accepted"]);
    }

    #[test]
    fn what_cannot_be_told_stays_open() {
        let general = policy("general").tls;
        assert_eq!(versions(&survey(&["1.2"], &["1.0"]), &general).open.len(), 1);
        assert_eq!(versions(&survey(&[], &[]), &general).open.len(), 1);
    }
}
