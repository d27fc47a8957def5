//! Does the product join a network securely?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench};

pub(super) const TEST: Test = Test {
    id: "security/joining",
    title: "Does the product join a network securely?",
    asks: &[
        bench(
            "proof",
            "DS(ONB)",
            "Was joining without the proof of possession (code, button, label), and with a wrong one, refused, and slowed down after some tries?",
        ),
        bench("closed", "DS(ONB)", "Was the surface for set-up gone within the declared time, and after a restart?"),
        bench("secrets", "DS(ONB)", "Was no network secret or token seen in clear while the product joined?"),
        app("owner", "DS(ONB)", "Could a second owner not claim an owned device, and did the first owner lose access after a transfer?"),
    ],
    sources: &["SP 800-213A DS(ONB)", "NISTIR 8350", "SP 1800-36"],
    limits: "ways of joining that were not tried; the published catalog has the text of this requirement, the catalog here its title",
    ..REVIEW
};
