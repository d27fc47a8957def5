//! Do customers get alerts and advisories, and know what to do with them?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "dissemination/alerts",
    title: "Do customers get alerts and advisories, and know what to do with them?",
    asks: &[
        desk(
            "passing-on",
            "ID(CRI).3.a.i",
            "Do the documents give what customers need to pass on alerts and directives on privacy and security, and to act on them?",
        ),
        desk(
            "practices",
            "ID(CRI).3.a.ii",
            "Do customers get what they need when they review and update their practices for the device's systems and services?",
        ),
        desk(
            "current",
            "ID(CRI).4.a.i",
            "Are there details for controls over when and how customers receive current security and privacy information?",
        ),
        desk(
            "subscribing",
            "ID(CRI).4.a.ii",
            "Are there instructions for receiving the manufacturer's alerts, advisories, directives and research?",
        ),
        desk(
            "states",
            "ID(CRI).4.a.iii",
            "Are customers told which states of the device call for a review and update, and what the services practices are?",
        ),
    ],
    sources: &["SP 800-213A ID(CRI).3", "SP 800-213A ID(CRI).4.a"],
    limits: "whether alerts come when they should",
    ..REVIEW
};
