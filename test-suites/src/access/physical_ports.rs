//! Are the physical ports of the product closed, or behind a log-in, as declared?

use assay_engine::Test;

use crate::attest::{REVIEW, bench};

pub(super) const TEST: Test = Test {
    id: "access/physical-ports",
    title: "Are the physical ports of the product closed, or behind a log-in, as declared?",
    asks: &[
        bench(
            "parts",
            "LA(IFC).2",
            "Can the use of ports, microphones, cameras and functions be restricted, and was a restricted one found dead?",
        ),
        bench(
            "unneeded",
            "LA(IFC).3",
            "Is every port that the core function does not need disabled, by software or by a cover that shows opening?",
        ),
        bench(
            "console",
            "LA(IFC).3",
            "Was a console adapter connected to each debug port, and did none give a shell or a boot prompt without authentication?",
        ),
    ],
    sources: &["SP 800-213A LA(IFC).2, LA(IFC).3", "EN 303 645 5.6-3, 5.6-4"],
    limits: "ports inside a case that was not opened",
    ..REVIEW
};
