//! Do the documents say how risks of the supply chain are assessed?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/supply-chain",
    title: "Do the documents say how risks of the supply chain are assessed?",
    asks: &[
        desk(
            "assessing",
            "DO(DSC).4.a.i",
            "Do the documents say how supporting entities are overseen, and which risks they bring is assessed?",
        ),
        desk("requirements", "DO(DSC).4.a.ii", "Do the documents say which security requirements contracts place on supporting entities?"),
        desk("certification", "DO(DSC).4.a.iii", "Do the documents say which certifications supporting entities have to hold?"),
    ],
    sources: &["SP 800-213A DO(DSC).4.a"],
    ..REVIEW
};
