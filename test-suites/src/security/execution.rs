//! Is code on the device executed under protection?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench, desk};

pub(super) const TEST: Test = Test {
    id: "security/execution",
    title: "Is code on the device executed under protection?",
    asks: &[
        bench("policies", "DS(EXE).1", "Was a program that breaks the execution policy refused by the device?"),
        desk("virtual", "DS(EXE).1.a", "Is code confined in virtual environments?"),
        bench("domains", "DS(EXE).1.b", "Do processes run in separate execution domains?"),
        app("levels", "DS(EXE).2", "Are the levels of functionality that users have kept apart?"),
        app("authorized", "DS(EXE).3", "Can functions be authorized at several levels, and withdrawn again?"),
    ],
    sources: &["SP 800-213A DS(EXE)", "SP 800-53 Rev. 5 SC-39"],
    limits: "code that was not run",
    ..REVIEW
};
