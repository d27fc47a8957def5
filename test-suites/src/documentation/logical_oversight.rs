//! Do the documents say how an organization keeps an eye on the use of the device?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/logical-oversight",
    title: "Do the documents say how an organization keeps an eye on the use of the device?",
    asks: &[
        desk("controls", "DO(SMP).3.a.i", "Do the documents advise how management and operational controls are applied to the device?"),
        desk("privileges", "DO(SMP).3.a.ii", "Do the documents help to set up graded privileges by role in the device?"),
        desk(
            "users",
            "DO(SMP).3.a.iii",
            "Do the documents recommend several ways of overseeing the users of the device, built in or external?",
        ),
        desk(
            "information",
            "DO(SMP).3.e.i",
            "Do the documents describe the kinds of monitoring information that there are, and how to obtain each?",
        ),
        desk(
            "tools",
            "DO(SMP).3.e.ii",
            "Do the documents say which kinds of monitoring tools work with the device, and how it is set up for them?",
        ),
    ],
    sources: &["SP 800-213A DO(SMP).3.a", "SP 800-213A DO(SMP).3.e"],
    ..REVIEW
};
