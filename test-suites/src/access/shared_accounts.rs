//! Are accounts that people share kept within bounds?

use assay_engine::Test;

use crate::attest::{REVIEW, app};

pub(super) const TEST: Test = Test {
    id: "access/shared-accounts",
    title: "Are accounts that people share kept within bounds?",
    asks: &[
        app("conditions", "LA(ROL).6.d", "Can conditions be set for shared or group accounts?"),
        app("administered", "LA(ROL).6.e", "Can these conditions be changed and taken away again by an administrator only?"),
        app("restricted", "LA(ROL).6.f", "Was the use of a shared account outside its conditions refused?"),
    ],
    sources: &["SP 800-213A LA(ROL).6.d to f", "SP 800-53 Rev. 5 AC-2(9), IA-2(5)"],
    limits: "uses that were not tried",
    ..REVIEW
};
