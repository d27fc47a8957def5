//! Can an organization set its own rules for accounts and actions?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench, desk};

pub(super) const TEST: Test = Test {
    id: "access/organization-rules",
    title: "Can an organization set its own rules for accounts and actions?",
    asks: &[
        app("actions", "LA(ROL).6", "Can actions that the organization defines be set up on the product?"),
        app("access", "LA(ROL).6.b", "Can user actions for access to the device or its interface be established?"),
        app("automation", "LA(ROL).6.c", "Can activities of account management be automated and reported?"),
        app("requests", "LA(ROL).6.c.iii", "Is whoever asks for audit data identified, and refused if not authorized?"),
        desk("dynamic", "LA(ROL).7", "Do the documents describe approaches of dynamic access control that the product can take part in?"),
        app(
            "run-time",
            "LA(ROL).7.a",
            "Were privileges changed at run time, and did the next decision in an open session follow the change?",
        ),
        app("defined", "LA(ROL).7.b", "Can dynamic access control rely on actions that the organization defines?"),
        app("sharing", "LA(ROL).8", "Can sharing of information be permitted by the kind or the role of the user who shares?"),
        bench("all-kinds", "LA(ROL).9", "Is access to hardware, software and data restricted by role, once the identity is authenticated?"),
    ],
    sources: &["SP 800-213A LA(ROL).6 to LA(ROL).9"],
    limits: "rules that were not tried",
    ..REVIEW
};
