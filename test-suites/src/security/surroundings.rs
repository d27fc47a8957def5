//! Does the product deal securely with its surroundings?

use assay_engine::Test;

use crate::attest::{REVIEW, bench};

pub(super) const TEST: Test = Test {
    id: "security/surroundings",
    title: "Does the product deal securely with its surroundings?",
    asks: &[
        bench("senses", "DS(OPS).8", "Does the device sense its surroundings and act on them without giving up its own security?"),
        bench("shutoff", "DS(OPS).8.a", "Does an emergency shutoff work?"),
        bench("lighting", "DS(OPS).8.b", "Does emergency lighting work?"),
        bench("fire", "DS(OPS).8.c", "Does fire protection work?"),
        bench("climate", "DS(OPS).8.d", "Does it act on temperature and humidity as declared?"),
        bench("water", "DS(OPS).8.e", "Does protection against water damage work?"),
        bench("own", "DS(OPS).8.f", "Do the further capabilities of the manufacturer work?"),
    ],
    sources: &["SP 800-213A DS(OPS).8"],
    limits: "events that were not brought about",
    ..REVIEW
};
