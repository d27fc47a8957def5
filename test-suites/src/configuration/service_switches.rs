//! Can services and interfaces be switched by somebody who may not?

use assay_engine::Test;
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};

use super::guard::{applies, guard};

const KINDS: &[Purpose] = &[Purpose::SetService, Purpose::SetMinimumTls, Purpose::SetRemoteAccess, Purpose::SetTrafficPolicy];

pub(super) const TEST: Test = Test {
    id: "configuration/service-switches",
    title: "Can services and interfaces be switched by somebody who may not?",
    shows: &["DC(INT)"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| applies(subject, KINDS),
    run: |bench| Box::pin(guard(bench, KINDS)),
    sources: &["SP 800-53 CM-5, AC-3"],
    limits: "roles without an account in the profile, interfaces that the profile does not declare a setting of, and other ways to change them",
};
