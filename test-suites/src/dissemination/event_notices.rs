//! Are customers told of events and breaches that touch their devices, and soon?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "dissemination/event-notices",
    title: "Are customers told of events and breaches that touch their devices, and soon?",
    asks: &[
        desk(
            "events",
            "ID(VNT).1.a.i",
            "Does the manufacturer communicate cybersecurity events that involve the device or have to do with it?",
        ),
        desk("passed-on", "ID(VNT).2.a.i", "Does the manufacturer commit itself to passing on information about incidents and breaches?"),
        desk("time", "ID(VNT).2.a.i", "Is it said within which time customers are told of a breach?"),
        desk(
            "content",
            "ID(VNT).2.a.ii",
            "Do the notices hold what customers need to know of incidents and breaches that affect their device?",
        ),
    ],
    sources: &["SP 800-213A ID(VNT)"],
    limits: "events that the manufacturer kept to itself",
    ..REVIEW
};
