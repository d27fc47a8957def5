//! Are parts that do not belong into the device found and refused?

use assay_engine::Test;

use crate::attest::{REVIEW, bench};

pub(super) const TEST: Test = Test {
    id: "security/foreign-parts",
    title: "Are parts that do not belong into the device found and refused?",
    asks: &[
        bench("detected", "DS(DIN).2", "Was foreign hardware or altered software in a sample detected?"),
        bench("refused", "DS(DIN).3", "Was unknown hardware that was plugged in refused, or the action taken that the organization set?"),
        bench("read-only", "DS(DIN).4", "Is the operating environment kept in media that can only be read, or verified at each start?"),
    ],
    sources: &["SP 800-213A DS(DIN)", "SP 800-193", "EN 303 645 5.7-1"],
    limits: "attacks with more effort than the one tried",
    ..REVIEW
};
