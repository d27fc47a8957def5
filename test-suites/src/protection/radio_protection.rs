//! Are the radio links of the product protected?

use assay_engine::Test;

use crate::attest::{REVIEW, bench};

pub(super) const TEST: Test = Test {
    id: "protection/radio-protection",
    title: "Are the radio links of the product protected?",
    asks: &[
        bench(
            "wifi",
            "DP(STX).2",
            "Do its Wi-Fi links use WPA2 with AES or WPA3, also the network that it opens for set-up, and neither WEP, TKIP nor WPS with a PIN?",
        ),
        bench(
            "bluetooth",
            "DP(STX).2",
            "Were protected characteristics of its Bluetooth Low Energy refused without pairing, and does pairing use LE Secure Connections?",
        ),
        bench("others", "DP(STX).2", "Are its other radio links encrypted and authenticated?"),
    ],
    sources: &["SP 800-97", "SP 800-121r2", "SP 800-213A DP(STX).2"],
    limits: "links that were not observed; the radio itself is looked at with tools of the laboratory",
    ..REVIEW
};
