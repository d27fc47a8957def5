//! Can customers record what they could not obtain, and is the answer to it laid down?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "reception/missing-parts",
    title: "Can customers record what they could not obtain, and is the answer to it laid down?",
    asks: &[
        desk(
            "recorded",
            "IQ(QRY).1.b.i",
            "Do customers get what they need to record attempts to obtain missing components or service documents?",
        ),
        desk("answered", "IQ(QRY).1.b.i", "Is the proper response of staff and supporting entities to such attempts laid down in writing?"),
        desk(
            "asked-about",
            "IQ(QRY).1.b.ii",
            "Does the manufacturer follow a procedure for asking customers whether the technical documents are broad and deep enough?",
        ),
    ],
    sources: &["SP 800-213A IQ(QRY).1.b"],
    limits: "whether parts are delivered",
    ..REVIEW
};
