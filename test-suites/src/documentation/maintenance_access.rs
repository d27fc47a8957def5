//! Do the documents say who maintains the device, and how customers keep watch over it?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/maintenance-access",
    title: "Do the documents say who maintains the device, and how customers keep watch over it?",
    asks: &[
        desk("watching", "DO(MNT).2.a.i", "Do the documents give what customers need to monitor maintenance, onsite and offsite?"),
        desk("records", "DO(MNT).2.a.ii", "Do the documents give what is needed to keep records of nonlocal maintenance and diagnosis?"),
        desk(
            "people",
            "DO(MNT).2.a.iii",
            "Do the documents give what is needed to authorize maintenance people, and to keep a record of them and their organizations?",
        ),
        desk(
            "manufacturers-people",
            "DO(MNT).2.a.iv",
            "Do the documents say which maintenance of a deployed device needs people of the manufacturer or its contractors?",
        ),
        desk(
            "policies",
            "DO(MNT).2.a.v",
            "Do the documents detail controls by which assigned people keep maintenance within policies and law?",
        ),
        desk("tasks", "DO(MNT).2.a.vi", "Is there a written procedure for each maintenance task that the documents define?"),
    ],
    sources: &["SP 800-213A DO(MNT).2.a"],
    ..REVIEW
};
