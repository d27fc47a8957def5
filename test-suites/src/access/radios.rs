//! Which radios does the product have, can they be switched off, and are they set up securely?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench, desk};

pub(super) const TEST: Test = Test {
    id: "access/radios",
    title: "Which radios does the product have, can they be switched off, and are they set up securely?",
    asks: &[
        desk("needed", "LA(IFC).13", "Are the wireless technologies that the organization needs supported?"),
        bench("silent", "LA(IFC).3", "Was each radio that can be switched off found silent for ten minutes, and again after a restart?"),
        bench("wifi", "LA(IFC).14.a", "Was traffic over IEEE 802.11 seen while the product worked?"),
        bench("bluetooth", "LA(IFC).14.b", "Was traffic over Bluetooth seen while the product worked?"),
        bench("ethernet", "LA(IFC).14.c", "Was traffic over Ethernet seen while the product worked?"),
        bench("other", "LA(IFC).14.d", "Was traffic over the technology of the manufacturer's own seen?"),
        app(
            "configured",
            "LA(IFC).15",
            "Can the settings of wireless technologies be made, among them EAP, and was a rogue authentication server refused?",
        ),
    ],
    sources: &["SP 800-213A LA(IFC).3, LA(IFC).13 to LA(IFC).15", "SP 800-53 Rev. 5 AC-18"],
    limits: "bands that the receiver of the laboratory does not cover",
    ..REVIEW
};
