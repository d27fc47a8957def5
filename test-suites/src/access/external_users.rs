//! Can external users and systems be authenticated, and their access taken back?

use assay_engine::Test;

use crate::attest::{REVIEW, app};

pub(super) const TEST: Test = Test {
    id: "access/external-users",
    title: "Can external users and systems be authenticated, and their access taken back?",
    asks: &[
        app(
            "authenticated",
            "LA(ACF).2",
            "Did a valid account of a configured directory or identity provider get in, and did a disabled and an expired one not?",
        ),
        app("revoked", "LA(ACF).3", "Was the access of an external user ended, also in an open session, once it was revoked?"),
    ],
    sources: &["SP 800-213A LA(ACF).2, LA(ACF).3", "SP 800-53 Rev. 5 IA-8"],
    limits: "identity providers that were not connected",
    ..REVIEW
};
