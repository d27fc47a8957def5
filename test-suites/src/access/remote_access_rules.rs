//! Can an organization lay down how the product is reached from afar?

use assay_engine::Test;

use crate::attest::{REVIEW, app, desk};

pub(super) const TEST: Test = Test {
    id: "access/remote-access-rules",
    title: "Can an organization lay down how the product is reached from afar?",
    asks: &[
        app("requirements", "LA(IFC).1", "Can requirements for remote access be laid down on the product?"),
        app("usage", "LA(IFC).1.a", "Can the use of remote access be restricted, and was a use outside refused?"),
        app("configuration", "LA(IFC).1.b", "Can it be laid down how remote access is configured?"),
        app("connection", "LA(IFC).1.c", "Can it be laid down from where and how connections come, and was another one refused?"),
        desk("manufacturer", "LA(IFC).1.d", "Are requirements of the manufacturer for remote access stated and in effect?"),
    ],
    sources: &["SP 800-213A LA(IFC).1", "SP 800-53 Rev. 5 AC-17"],
    limits: "ways that were not tried",
    ..REVIEW
};
