//! Do the documents say which maintenance the device needs, when, and how it is done?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/maintenance",
    title: "Do the documents say which maintenance the device needs, when, and how it is done?",
    asks: &[
        desk("instructions", "DO(MNT).1.a.i", "Do the documents give the instructions that the required maintenance and repairs need?"),
        desk(
            "manufacturers",
            "DO(MNT).1.a.ii",
            "Do the documents describe all maintenance that the manufacturer and its supporting entities perform?",
        ),
        desk(
            "customers",
            "DO(MNT).1.a.iii",
            "Do the documents describe all maintenance that falls to customers, or tell them clearly that it does?",
        ),
        desk(
            "reviews",
            "DO(MNT).1.a.iv",
            "Do the documents give what customers need to perform the required reviews of the device's systems?",
        ),
        desk("how-often", "DO(MNT).1.a.v", "Do the documents say how often the device is to be maintained and its system reviewed?"),
        desk(
            "events",
            "DO(MNT).1.a.vi",
            "Does the manufacturer say which events will cause it to review systems of the device or to perform maintenance?",
        ),
        desk("accounts", "DO(MNT).1.a.vii", "Do the documents say how accounts are managed, in the device or with other tools?"),
        desk("procedure", "DO(MNT).1.a.viii", "Do the documents detail how the recommended local and remote maintenance is carried out?"),
        desk("patches", "DO(MNT).1.a.ix", "Do the documents detail the recommended plan for managing vulnerabilities and patches?"),
    ],
    sources: &["SP 800-213A DO(MNT).1.a"],
    ..REVIEW
};
