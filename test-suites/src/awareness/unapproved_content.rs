//! Is content that is not approved kept out?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench};

pub(super) const TEST: Test = Test {
    id: "awareness/unapproved-content",
    title: "Is content that is not approved kept out?",
    asks: &[
        app("defined", "CS(EIM).11", "Can it be defined by which marks content is known as unapproved?"),
        app("scanned", "CS(EIM).12", "Was marked content found when files were scanned?"),
        bench("download", "CS(EVR).8", "Was marked content refused when it was offered for download?"),
        bench("deleted", "CS(EVR).9", "Was marked content deleted?"),
    ],
    sources: &["SP 800-213A CS(EIM).11, CS(EIM).12, CS(EVR).8, CS(EVR).9"],
    limits: "content other than the marked one",
    ..REVIEW
};
