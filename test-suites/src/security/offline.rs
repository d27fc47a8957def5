//! Does the product go on working without its networks?

use assay_engine::Test;

use crate::attest::{REVIEW, plug};

pub(super) const TEST: Test = Test {
    id: "security/offline",
    title: "Does the product go on working without its networks?",
    asks: &[
        plug("works", "DS(RSC).6", "With the network cut for half an hour, did the product go on with its core function?"),
        plug("guarded", "DS(RSC).6", "Was access control at the product in force all the while?"),
        plug("returned", "DS(RSC).6", "Did it connect again by itself, without flooding its peers?"),
    ],
    sources: &["SP 800-213A DS(RSC).6", "EN 303 645 5.9-2"],
    limits: "outages longer than the one observed",
    ..REVIEW
};
