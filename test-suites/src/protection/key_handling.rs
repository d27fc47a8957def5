//! Are the keys of the product made, kept and changed securely?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "protection/key-handling",
    title: "Are the keys of the product made, kept and changed securely?",
    asks: &[
        desk(
            "generation",
            "DP(KEY).1",
            "Do the documents show that the device makes its own key pairs, with an approved method and enough entropy?",
        ),
        desk(
            "storage",
            "DP(KEY).2",
            "Do the documents show where each private and secret key is kept, and that it cannot be read out there?",
        ),
        desk("change", "DP(KEY).3", "Do the documents show how each key is changed securely, and what happens to the old one?"),
    ],
    sources: &["SP 800-133r2", "SP 800-57 Part 1 Rev. 5", "SP 800-213A DP(KEY)"],
    limits: "whether the device was built as its documents say",
    ..REVIEW
};
