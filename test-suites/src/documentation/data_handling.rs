//! Do the documents say how the data of the device is protected, kept and deleted?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/data-handling",
    title: "Do the documents say how the data of the device is protected, kept and deleted?",
    asks: &[
        desk(
            "guarding",
            "DO(SMP).4.a.i",
            "Do the documents explain how data of device, systems and monitors is kept from unauthorized access, change and deletion?",
        ),
        desk(
            "collectable",
            "DO(SMP).4.a.ii",
            "Do the documents name the types of data on use and on surrounding systems that can be collected from the device?",
        ),
        desk(
            "integrity",
            "DO(SMP).4.b.i",
            "Do the documents tell how controls protect the integrity of data in the device and associated systems?",
        ),
        desk("regulation", "DO(SMP).4.b.ii", "Do the documents list the capabilities that data protection regulations require?"),
        desk(
            "retention",
            "DO(SMP).4.b.iii",
            "Do the documents instruct which controls keep data of the device and its output securely handled and retained?",
        ),
        desk("deletion", "DO(SMP).4.b.iv", "Do the documents say how data is deleted from the device so that it cannot be brought back?"),
        desk("accidents", "DO(SMP).4.b.v", "Do the documents instruct how data in the device is guarded against accidental change?"),
    ],
    sources: &["SP 800-213A DO(SMP).4"],
    ..REVIEW
};
