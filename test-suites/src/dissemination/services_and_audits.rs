//! Do customers get what they need to buy services, and to check the device after service?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "dissemination/services-and-audits",
    title: "Do customers get what they need to buy services, and to check the device after service?",
    asks: &[
        desk(
            "following",
            "ID(CRI).4.b.i",
            "Are there instructions for following the manufacturer's updates to device, systems and practices of acquiring services?",
        ),
        desk(
            "unavailable",
            "ID(CRI).4.b.ii",
            "Do customers get what they need to record attempts to obtain unavailable components or service information?",
        ),
        desk(
            "response",
            "ID(CRI).4.b.ii",
            "Is the proper response of the manufacturer's own employees to such attempts laid down in writing?",
        ),
        desk(
            "audits",
            "ID(CRI).4.c.i",
            "Do customers who ask get what they need to confirm by checks or audits that controls work after maintenance and repair?",
        ),
        desk(
            "log-help",
            "ID(CRI).4.c.ii",
            "Do customers who ask get tools, help and instructions for audits, and for maintenance and repair of logs?",
        ),
    ],
    sources: &["SP 800-213A ID(CRI).4.b", "SP 800-213A ID(CRI).4.c"],
    ..REVIEW
};
