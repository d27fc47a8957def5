//! Does the manufacturer say what becomes of a report, and by when?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "reception/disclosure-policy",
    title: "Does the manufacturer say what becomes of a report, and by when?",
    asks: &[
        desk("handling", "IQ(BUG).1.a.iii", "Is it described how reports of flaws are handled from their arrival on?"),
        desk("acknowledged", "IQ(BUG).1.a.iii", "Is it said within which time a report is acknowledged?"),
        desk("deciding", "IQ(BUG).1.a.iii", "Is it said how it is decided which flaws are fixed?"),
        desk("schedule", "IQ(BUG).1.a.iii", "Is it said how corrections are scheduled?"),
        desk("progress", "IQ(BUG).1.a.iii", "Is it said how, and how often, customers and reporters learn how far a fix has come?"),
    ],
    sources: &["SP 800-213A IQ(BUG).1.a.iii", "EN 303 645 5.2-1"],
    limits: "whether the times are kept",
    ..REVIEW
};
