//! Does the manufacturer answer questions on security, in time and in enough detail?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "reception/security-questions",
    title: "Does the manufacturer answer questions on security, in time and in enough detail?",
    asks: &[
        desk(
            "directives",
            "IQ(QRY).1.a.i",
            "Are customers answered in enough detail to carry out directives on events, for device and systems, within set times?",
        ),
        desk(
            "events",
            "IQ(QRY).1.a.ii",
            "Can customers reach the manufacturer, and get answers, about events and about failures to meet security requirements?",
        ),
        desk(
            "settings",
            "IQ(QRY).1.c.i",
            "Is there a process by which customers ask, or get help, about the minimum requirements on settings?",
        ),
        desk(
            "asked",
            "IQ(QRY)",
            "Ask the manufacturer something about the security of the product: does an answer to it come within the time it states?",
        ),
    ],
    sources: &["SP 800-213A IQ(QRY).1.a", "SP 800-213A IQ(QRY).1.c"],
    limits: "whether every question is answered as well",
    ..REVIEW
};
