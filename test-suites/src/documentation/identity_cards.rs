//! Do the documents say how the product works with personal identity verification (PIV) cards?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/identity-cards",
    title: "Do the documents say how the product works with personal identity verification (PIV) cards?",
    asks: &[
        desk(
            "approved",
            "DO(SMP).3.b.i",
            "Where it matters, do the documents say whether and since when the device is on the FIPS 201 list of approved products?",
        ),
        desk(
            "support",
            "DO(SMP).3.b.ii",
            "Do the documents say how the device can support PIV cards, access with them and the interfaces that they need?",
        ),
        desk("compensation", "DO(SMP).3.b.iii", "Do the documents suggest controls around a device that cannot support PIV cards?"),
        desk("set-up", "DO(SMP).3.b.iv", "Do the documents say how the device is configured to support PIV use, access and interfaces?"),
        desk("joining", "DO(SMP).3.b.v", "Do the documents give step-by-step instructions for making the device part of a PIV system?"),
        desk(
            "attestation",
            "DO(SMP).3.b.vi",
            "Is there an authoritative attestation of how a device that cannot join a PIV system meets the requirements of agencies?",
        ),
    ],
    sources: &["SP 800-213A DO(SMP).3.b"],
    ..REVIEW
};
