//! Do customers learn to use identifiers, settings, access control and updates?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "education/capabilities",
    title: "Do customers learn to use identifiers, settings, access control and updates?",
    asks: &[
        desk(
            "identifying",
            "EA(CSC).1.a.i",
            "Do customers learn how each device gets a unique identification within its system and critical components?",
        ),
        desk("insisting", "EA(CSC).1.a.ii", "Do customers learn how to insist on a unique identifier for every device in the system?"),
        desk(
            "least-settings",
            "EA(CSC).2.a.i",
            "Do customers learn how the least settings that the device requires are established and put in place?",
        ),
        desk(
            "settings-by-whom",
            "EA(CSC).2.a.ii",
            "Are customers shown how to make sure that only authorized entities change the configuration?",
        ),
        desk(
            "suiting",
            "EA(CSC).2.a.iii",
            "Do customers learn in detail how to set the minimum configuration, and to change it to their needs?",
        ),
        desk("contact", "EA(CSC).2.a.iv", "Do customers learn how to ask the manufacturer about the minimum requirements on settings?"),
        desk(
            "authorizations",
            "EA(CSC).3.a.i",
            "Do customers learn how approved authorizations for the device's information and resources are set up and enforced?",
        ),
        desk(
            "devices",
            "EA(CSC).3.a.ii",
            "Do customers learn how to control access to devices that are part of their information systems?",
        ),
        desk("whole-system", "EA(CSC).3.a.iii", "Do customers learn how authorized access is enforced at the level of the whole system?"),
        desk(
            "newest",
            "EA(CSC).4.a.i",
            "Do customers learn how to make sure, by inspection or with tools, that the newest updates are installed?",
        ),
        desk("critical", "EA(CSC).4.a.ii", "Do customers learn how to scan for critical updates and patches?"),
    ],
    sources: &["SP 800-213A EA(CSC)"],
    ..REVIEW
};
