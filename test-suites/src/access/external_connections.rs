//! Are connections to parties outside under the control of the user?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench, desk};

pub(super) const TEST: Test = Test {
    id: "access/external-connections",
    title: "Are connections to parties outside under the control of the user?",
    asks: &[
        desk("secure", "LA(XCN).1", "Do the documents name every external system, and how the exchange with it is secured?"),
        app(
            "circumstances",
            "LA(XCN).2",
            "Can the user lay down when information is shared and when not, and did it stay unshared when switched off?",
        ),
        app("automated", "LA(XCN).3", "Can automated sharing with approved parties be set up, and does it go to them alone?"),
        app("requirements", "LA(XCN).4", "Can it be told whether an external system fulfils the requirements before a connection is made?"),
        bench("internal", "LA(XCN).5", "Does secure communication with internal systems work while the product is in a foreign network?"),
    ],
    sources: &["SP 800-213A LA(XCN)"],
    limits: "connections that were not made while somebody looked",
    ..REVIEW
};
