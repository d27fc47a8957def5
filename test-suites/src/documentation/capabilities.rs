//! Do the documents say what the device can do for security, and how that is set up?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/capabilities",
    title: "Do the documents say what the device can do for security, and how that is set up?",
    asks: &[
        desk("each", "DO(CAP)", "Do the documents name each technical security capability that the device has?"),
        desk("configuring", "DO(CAP)", "Do the documents describe, for each capability that they name, how it is configured?"),
        desk("using", "DO(CAP)", "Do the documents describe, for each capability that they name, how it is used?"),
        desk(
            "integrity",
            "DO(CAP).1.c.i",
            "Do the documents give what is needed to put data integrity controls of the device and its systems to work securely?",
        ),
        desk(
            "built-in-integrity",
            "DO(CAP).1.c.ii",
            "Do the documents describe the built-in controls of data integrity, or other ways to integrity where there are none?",
        ),
        desk(
            "identification",
            "DO(CAP).1.d.i",
            "Do the documents detail how each device is given a unique identification within the system where it is used?",
        ),
    ],
    sources: &["SP 800-213A DO(CAP)", "SP 800-213A DO(CAP).1.c", "SP 800-213A DO(CAP).1.d"],
    ..REVIEW
};
