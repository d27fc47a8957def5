//! Do customers learn to back up the data and to bring it back, and does what they learn work?

use assay_engine::Test;

use crate::attest::{REVIEW, bench, desk};

pub(super) const TEST: Test = Test {
    id: "education/back-up",
    title: "Do customers learn to back up the data and to bring it back, and does what they learn work?",
    asks: &[
        desk("teaching", "EA(BAK).1.a.i", "Do customers learn, with instructions, to make accurate back-ups and to recover them?"),
        desk("systems", "EA(BAK).1.a.ii", "Are customers instructed how to back up the systems in which data of the device is stored?"),
        desk("tips", "EA(BAK).1.a.iii", "Do customers get reminders and tips on backing up, in person, in films or online?"),
        desk("reaching", "EA(BAK)", "Do customers learn how to reach data of the device that lies in the cloud or in other storage?"),
        bench(
            "restored",
            "EA(BAK).1.a.i",
            "Follow the instructions on a sample: make a back-up, change settings, bring it back. Is everything as it was?",
        ),
    ],
    sources: &["SP 800-213A EA(BAK)"],
    limits: "whether a back-up can still be read after years",
    ..REVIEW
};
