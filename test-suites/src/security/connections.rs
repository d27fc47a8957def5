//! Are the connections of the product opened, secured and ended as they should be?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench, desk};

pub(super) const TEST: Test = Test {
    id: "security/connections",
    title: "Are the connections of the product opened, secured and ended as they should be?",
    asks: &[
        bench("policies", "DS(COM).1", "Was a policy on traffic set, and was forbidden traffic stopped by the device?"),
        bench("standard", "DS(COM).2", "Were only standardized protocols seen in a capture of the traffic?"),
        bench("established", "DS(COM).3", "Does the device establish its connections over the network as documented?"),
        bench("ended", "DS(COM).4", "Was an idle connection ended after the time that was set?"),
        bench("released", "DS(COM).5", "Were address and port free again after a connection had ended?"),
        bench("channels", "DS(COM).6", "Are channels established to each declared peer?"),
        bench("secured", "DS(COM).7", "Is every channel with content secured?"),
        bench(
            "names",
            "DS(COM).8",
            "Does the device use the name servers it is given, with changing ports and numbers, and does it ignore a wrong answer?",
        ),
        desk("identifiers", "DS(COM).9", "Do the documents show how identifiers of sessions are stored and used?"),
        app("tracked", "DS(COM).10", "Can sessions be told apart and followed by their identifiers?"),
    ],
    sources: &["SP 800-213A DS(COM)", "SP 800-53 Rev. 5 SC-7, SC-10, SC-20, SC-23"],
    limits: "connections that were not watched",
    ..REVIEW
};
