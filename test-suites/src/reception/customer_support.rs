//! Does customer support take calls, know who calls, and keep a record?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "reception/customer-support",
    title: "Does customer support take calls, know who calls, and keep a record?",
    asks: &[
        desk("reaching", "IQ(QRY).1.d.i", "Do customers get what they need to reach the call center with questions, concerns and reports?"),
        desk(
            "identity",
            "IQ(QRY).1.d.ii",
            "Are there policies and procedures by which staff check that callers are who they say they are?",
        ),
        desk("calls", "IQ(QRY).1.d.iii", "Are there policies and procedures by which staff keep a record of calls about the device?"),
        desk(
            "portal",
            "IQ(QRY).1.d.iv",
            "Is there an online portal where customers receive and answer security questions, report concerns and exchange messages?",
        ),
    ],
    sources: &["SP 800-213A IQ(QRY).1.d"],
    limits: "whether staff follow the procedures at every call",
    ..REVIEW
};
