//! Do customers learn to give a device away or to dispose of it, and does what they learn work?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench, desk};

pub(super) const TEST: Test = Test {
    id: "education/disposal",
    title: "Do customers learn to give a device away or to dispose of it, and does what they learn work?",
    asks: &[
        desk("new-use", "EA(EOL)", "Do customers learn how a device is securely made ready for a new use or for disposal?"),
        desk(
            "handling",
            "EA(EOL).1.a.i",
            "Do customers learn secure handling and retention of device data and output, in line with their policies, contracts and law?",
        ),
        desk(
            "deleting",
            "EA(EOL).1.a.ii",
            "Is it explained or shown how data is deleted for good from the device and wherever else it is stored?",
        ),
        bench(
            "followed",
            "EA(EOL)",
            "Follow the instructions on a sample whose data may be lost: did they work as written, and is it as on its first day?",
        ),
        app(
            "gone-elsewhere",
            "EA(EOL).1.a.ii",
            "Follow the instructions for the data of that sample outside the device: is it gone there too?",
        ),
    ],
    sources: &["SP 800-213A EA(EOL)"],
    limits: "what can still be read from the storage with tools of a laboratory",
    ..REVIEW
};
