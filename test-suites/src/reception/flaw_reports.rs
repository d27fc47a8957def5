//! Can customers and others report flaws, with all that it takes to mend them?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "reception/flaw-reports",
    title: "Can customers and others report flaws, with all that it takes to mend them?",
    asks: &[
        desk("anybody", "IQ(BUG)", "Is there a way by which others than customers, such as researchers, can report vulnerabilities?"),
        desk("maintenance", "IQ(BUG)", "Is there a way by which information on maintenance can be sent to the manufacturer?"),
        desk(
            "details",
            "IQ(BUG).1.a.i",
            "Does the way of reporting let customers give what identifies and characterizes a flaw, and how they would fix it?",
        ),
        desk("sending", "IQ(BUG).1.a.ii", "Do the documents instruct how a report of a software flaw is sent?"),
        desk(
            "remedies",
            "IQ(BUG).1.a.iv",
            "Does the manufacturer tell customers and other stakeholders what it is doing to remedy flaws in the device?",
        ),
        desk("other-bugs", "IQ(BUG).1.a.v", "Do the documents instruct how bugs of the device other than flaws in software are reported?"),
    ],
    sources: &["SP 800-213A IQ(BUG).1.a"],
    limits: "whether anybody reads what is reported",
    ..REVIEW
};
