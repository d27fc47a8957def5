//! Do the documents detail the interfaces of the device and the access controls on them?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/interface-controls",
    title: "Do the documents detail the interfaces of the device and the access controls on them?",
    asks: &[
        desk(
            "between",
            "DO(SMP).3.c.i",
            "Do the documents detail how logical and remote access controls apply when data passes between the device and others?",
        ),
        desk("every-control", "DO(SMP).3.c.ii", "Do the documents name every access control on the logical and remote interfaces?"),
        desk(
            "restricting",
            "DO(SMP).3.c.iii",
            "Do the documents instruct how the users and the data of an interface are restricted, or say that they cannot be?",
        ),
        desk("sharing", "DO(SMP).3.c.iv", "Are there copies of the policies on how, and with whom, data from the device is shared?"),
        desk(
            "around",
            "DO(SMP).3.c.v",
            "Do the documents detail how management and operational controls are placed on or around the device?",
        ),
        desk("purposes", "DO(SMP).3.c.vi", "Do the documents explain for which purposes the manufacturer needs access to the interfaces?"),
        desk("collected", "DO(SMP).3.c.vii", "Do the documents name the types of data that the manufacturer requires to collect?"),
        desk(
            "connections",
            "DO(SMP).3.c.viii",
            "Do the documents give the steps by which customers restrict connections that make certain activities possible?",
        ),
        desk(
            "recurring",
            "DO(SMP).3.c.ix",
            "Do the documents describe the kinds of access that the manufacturer needs continually or at intervals?",
        ),
        desk(
            "by-role",
            "DO(SMP).3.c.x",
            "Do the documents instruct how controls are based on the role of a user rather than on each person?",
        ),
        desk("built-in", "DO(SMP).3.c.xi", "Do the documents explain how the built-in roles are set up, changed and enforced?"),
        desk(
            "outside",
            "DO(SMP).3.c.xii",
            "Do the documents explain how hardware or software outside the device can set up, change and enforce access by role?",
        ),
    ],
    sources: &["SP 800-213A DO(SMP).3.c"],
    ..REVIEW
};
