//! Do customers learn what follows when support ends, and what they can do?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "dissemination/end-of-support",
    title: "Do customers learn what follows when support ends, and what they can do?",
    asks: &[
        desk("announced", "ID(CRI)", "Is it said how and how long before the end of support customers are told of it?"),
        desk(
            "exceptions",
            "ID(CRI).2.a.i",
            "Do the documents give what customers need to decide on keeping an unsupported device, or on alternatives?",
        ),
        desk("in-house", "ID(CRI).2.a.ii", "Do the documents give what lets an organization support the device in house?"),
        desk(
            "contracts",
            "ID(CRI).2.a.iii",
            "Do the documents say when service contracts are complete, and when the relationship with an integrator or provider ends?",
        ),
    ],
    sources: &["SP 800-213A ID(CRI).2"],
    ..REVIEW
};
