//! Do customers learn how an update is tested before they install it?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "dissemination/update-tests",
    title: "Do customers learn how an update is tested before they install it?",
    asks: &[
        desk(
            "results",
            "ID(CRI).1.b.i",
            "Are tests detailed that show, before installation, whether a flaw-fixing update works and which side effects it has?",
        ),
        desk(
            "kinds",
            "ID(CRI).1.b.ii",
            "Does the manufacturer say which kinds of security and privacy tests device and software need before they are installed?",
        ),
        desk(
            "in-time",
            "ID(CRI).1.b.iii",
            "Do customers get what they need to install devices and security updates within the time limit of their organization?",
        ),
    ],
    sources: &["SP 800-213A ID(CRI).1.b"],
    ..REVIEW
};
