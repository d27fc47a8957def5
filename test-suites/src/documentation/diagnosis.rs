//! Do the documents say with which tools the device is diagnosed?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/diagnosis",
    title: "Do the documents say with which tools the device is diagnosed?",
    asks: &[
        desk(
            "approved",
            "DO(CAP).1.a.i",
            "Do the documents give what customers need to use only diagnostic tools that their organization approved?",
        ),
        desk("required", "DO(CAP).1.a.ii", "Do the documents detail which tools diagnosis of the device requires?"),
    ],
    sources: &["SP 800-213A DO(CAP).1.a"],
    ..REVIEW
};
