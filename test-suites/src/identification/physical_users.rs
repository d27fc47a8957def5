//! Does the product tell the people who may use it on the spot from those who may not?

use assay_engine::Test;

use crate::attest::{REVIEW, bench};

pub(super) const TEST: Test = Test {
    id: "identification/physical-users",
    title: "Does the product tell the people who may use it on the spot from those who may not?",
    asks: &[bench(
        "refused",
        "DI(AID).1.c",
        "Was somebody without permission refused at the product itself, while somebody with permission was let in?",
    )],
    sources: &["SP 800-213A DI(AID).1.c"],
    limits: "how often the two are mistaken for each other",
    ..REVIEW
};
