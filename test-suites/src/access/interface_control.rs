//! Can the interfaces of the product be controlled and changed?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench};

pub(super) const TEST: Test = Test {
    id: "access/interface-control",
    title: "Can the interfaces of the product be controlled and changed?",
    asks: &[
        bench("control", "LA(IFC).9", "Was an interface switched off and on, on the spot and from afar, with effect both times?"),
        app("change", "LA(IFC).10", "Was the port, address or protocol of an interface changed and changed back, with effect?"),
        bench("output", "LA(IFC).12", "Can what the device puts out be controlled?"),
    ],
    sources: &["SP 800-213A LA(IFC).9, LA(IFC).10, LA(IFC).12"],
    limits: "interfaces that were not changed",
    ..REVIEW
};
