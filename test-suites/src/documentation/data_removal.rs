//! Can all data be removed before the device goes away for repair, as the documents say?

use assay_engine::Test;

use crate::attest::{REVIEW, bench, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/data-removal",
    title: "Can all data be removed before the device goes away for repair, as the documents say?",
    asks: &[
        desk(
            "before-repair",
            "DO(MNT).1.b.i",
            "Do the documents tell when and how all data is cleared before the device leaves for maintenance or repair?",
        ),
        desk(
            "capabilities",
            "DO(MNT).1.b.ii",
            "Do the documents describe how the device's own functions remove all the data that it holds?",
        ),
        bench(
            "followed",
            "DO(MNT).1.b.ii",
            "On a sample whose data may be lost, set something, add an account, follow the instructions: is all of it gone, as described?",
        ),
    ],
    sources: &["SP 800-213A DO(MNT).1.b"],
    limits: "what can still be read from the storage with tools of a laboratory",
    ..REVIEW
};
