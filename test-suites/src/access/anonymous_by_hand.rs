//! Can it be set what may be done without being identified?

use assay_engine::Test;

use crate::attest::{REVIEW, app, desk};

pub(super) const TEST: Test = Test {
    id: "access/anonymous-by-hand",
    title: "Can it be set what may be done without being identified?",
    asks: &[
        app("opened", "LA(AIM)", "Was an action opened to everybody with effect?"),
        app("closed", "LA(AIM)", "Was it closed again, and refused afterwards?"),
        desk("listed", "LA(AIM)", "Do the documents list all actions that need no identification, and were no others found?"),
    ],
    sources: &["SP 800-213A LA(AIM)", "SP 800-53 Rev. 5 AC-14"],
    limits: "actions that were not tried",
    ..REVIEW
};
