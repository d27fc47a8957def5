//! Can it be found out which policy governs updates now?

use assay_engine::Test;

use crate::attest::{REVIEW, app};

pub(super) const TEST: Test = Test {
    id: "update/governing-policy",
    title: "Can it be found out which policy governs updates now?",
    asks: &[app(
        "version",
        "SU(UPD).2",
        "Does the device or its management name the version of the policy under which software is updated?",
    )],
    sources: &["SP 800-213A SU(UPD).2"],
    limits: "whether the policy is followed",
    ..REVIEW
};
