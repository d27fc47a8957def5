//! Do the processes of the product run with no more privilege than they need?

use assay_engine::Test;

use crate::attest::{REVIEW, bench};

pub(super) const TEST: Test = Test {
    id: "access/service-privileges",
    title: "Do the processes of the product run with no more privilege than they need?",
    asks: &[
        bench(
            "least",
            "LA(ROL).5",
            "With a shell or the firmware image: does every process run with no more privilege than its function needs?",
        ),
        bench(
            "inside",
            "LA(ROL).5.b",
            "Are the settings for least privilege (users, capabilities, sandboxes) in effect inside the device?",
        ),
        bench("levels", "LA(ROL).4.d", "Do accounts of users and of processes have roles at several levels?"),
    ],
    sources: &["SP 800-213A LA(ROL).5", "EN 303 645 5.6-7"],
    limits: "processes that were not running while somebody looked",
    ..REVIEW
};
