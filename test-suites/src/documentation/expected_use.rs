//! Do the documents say whom the product is made for, and what its secure use takes?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/expected-use",
    title: "Do the documents say whom the product is made for, and what its secure use takes?",
    asks: &[
        desk(
            "capabilities",
            "DO(SMP).1.a.i",
            "Do the documents describe what the device can do for security, and how to put the controls around it into practice?",
        ),
        desk(
            "maintenance-kinds",
            "DO(SMP).1.a.ii",
            "Do the documents list each kind of maintenance, local and remote, and what triggers it?",
        ),
        desk(
            "management-roles",
            "DO(SMP).1.a.iii",
            "Do the documents say how management roles get their security tasks, and how security requirements are set?",
        ),
        desk("resources", "DO(SMP).1.a.iv", "Do the documents say which resources are advised to protect the systems around the device?"),
        desk(
            "risks",
            "DO(SMP).1.a.v",
            "Do the documents say what the device can and cannot do for security and privacy, and which risks that reduces?",
        ),
        desk(
            "access-needed",
            "DO(SMP).1.a.vi",
            "Do the documents state, for each type of maintenance, which physical and logical access it takes?",
        ),
        desk(
            "surroundings",
            "DO(SMP).1.a.vii",
            "Do the documents tell what else keeps the device physically safe and its use secure, in the surroundings it is made for?",
        ),
    ],
    sources: &["SP 800-213A DO(SMP).1"],
    ..REVIEW
};
