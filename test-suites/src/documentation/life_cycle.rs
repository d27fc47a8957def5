//! Do the documents let customers manage the device through its life?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/life-cycle",
    title: "Do the documents let customers manage the device through its life?",
    asks: &[
        desk("practices", "DO(DSC)", "Do the documents say which practices of secure development and of a secure supply chain were used?"),
        desk("statement", "DO(DSC)", "Is there a statement on secure development that is signed, dated and about this product?"),
        desk(
            "managing",
            "DO(DSC).3.a.i",
            "Do the documents give what customers need to manage the device through their life cycle, roles and risk management?",
        ),
        desk(
            "hierarchy",
            "DO(DSC).3.a.ii",
            "Do the documents instruct how a hierarchy of privilege levels is set up for the device or its systems?",
        ),
        desk(
            "advice",
            "DO(DSC).3.a.iii",
            "Do the documents advise how management of the device and its security becomes part of a system development life cycle?",
        ),
    ],
    sources: &["SP 800-213A DO(DSC).3"],
    ..REVIEW
};
