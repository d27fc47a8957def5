//! Are passwords hidden while they are typed?

use assay_engine::Test;

use crate::attest::{REVIEW, app};

pub(super) const TEST: Test = Test {
    id: "access/hidden-passwords",
    title: "Are passwords hidden while they are typed?",
    asks: &[
        app("screens", "LA(AUN).3", "Is what is typed into every password field of screens, pages and apps masked or hidden?"),
        app("elsewhere", "LA(AUN).3", "Is no password shown in addresses, page sources, messages or printed receipts?"),
    ],
    sources: &["SP 800-213A LA(AUN).3", "SP 800-53 Rev. 5 IA-6"],
    limits: "screens that were not opened",
    ..REVIEW
};
