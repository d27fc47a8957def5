//! Do the documents say on which platform the device is built, and what its parts do for security?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/design",
    title: "Do the documents say on which platform the device is built, and what its parts do for security?",
    asks: &[
        desk(
            "platforms",
            "DO(DSC).1.a.i",
            "Do the documents name the IoT platforms that support the authentication that is required of the device?",
        ),
        desk(
            "second-factor",
            "DO(DSC).1.a.ii",
            "Do the documents say what the platform offers to control interfaces, and whether and how a second factor is added?",
        ),
        desk(
            "external",
            "DO(DSC).1.a.iii",
            "Do the documents name external platforms for authentication that the device works with, and their methods?",
        ),
        desk(
            "software",
            "DO(DSC).2.a.i",
            "Do the documents detail how security capabilities of the software components meet regulation, law and policy?",
        ),
        desk("hardware", "DO(DSC).2.b.i", "Do the documents detail what the hardware components can do for security?"),
    ],
    sources: &["SP 800-213A DO(DSC).1", "SP 800-213A DO(DSC).2"],
    ..REVIEW
};
