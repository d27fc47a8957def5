//! Can the product be updated in each way that is declared?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench, desk};

pub(super) const TEST: Test = Test {
    id: "update/delivery",
    title: "Can the product be updated in each way that is declared?",
    asks: &[
        bench("ways", "SU(APP).1", "Was the product updated once in each declared way, remote and local, each time with success?"),
        desk(
            "verified",
            "SU(APP).2.a",
            "Do the documents show that an automatic update is verified and authenticated before it is installed?",
        ),
        app("switch", "SU(APP).2.b", "Can automatic updating be switched off, and did no update come while it was off?"),
    ],
    sources: &["SP 800-213A SU(APP)", "EN 303 645 5.3"],
    limits: "updates that come later",
    ..REVIEW
};
