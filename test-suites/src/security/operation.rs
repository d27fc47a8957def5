//! Does the product operate and fail safely?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench, desk, plug};

pub(super) const TEST: Test = Test {
    id: "security/operation",
    title: "Does the product operate and fail safely?",
    asks: &[
        desk("states", "DS(OPS).2", "Are the states of operation defined?"),
        app("modes", "DS(OPS).3", "Are there modes that are more restrictive, and did entering one restrict what it should?"),
        app("travel", "DS(OPS).3.a", "Is there a mode for transit, and does it restrict as declared?"),
        plug("safe", "DS(OPS).3.b", "Is there a mode for the time without network security, and does it restrict as declared?"),
        app("further", "DS(OPS).3.c", "Do the further declared modes restrict as declared?"),
        desk("failures", "DS(OPS).4", "Are types of failure told apart?"),
        bench("fails", "DS(OPS).5", "Was a failure brought about, and did the device go to its secure state?"),
        bench("disabled", "DS(OPS).6", "Were functions disabled after a violation of security was staged?"),
        app("restricted", "DS(OPS).7", "Can components and features be restricted under policies of the organization, with effect?"),
    ],
    sources: &["SP 800-213A DS(OPS)", "SP 800-53 Rev. 5 SC-24, SI-17"],
    limits: "states and failures that were not brought about",
    ..REVIEW
};
