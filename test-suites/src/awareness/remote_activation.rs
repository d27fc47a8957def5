//! Is it noticed when parts of the product are activated from afar?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench};

pub(super) const TEST: Test = Test {
    id: "awareness/remote-activation",
    title: "Is it noticed when parts of the product are activated from afar?",
    asks: &[
        app("attempts", "CS(EIM).8", "Was an attempt to activate the product from afar recorded or reported?"),
        app("collaborative", "CS(EIM).9", "Was the activation of a microphone or camera from afar detected?"),
        app("sensors", "CS(EIM).10", "Was the activation of a sensor from afar detected?"),
        bench("notice", "CS(EVR).5", "Was the user notified when a microphone or camera was activated?"),
        bench("indicator", "CS(EVR).6", "Did a light or another physical sign show that a sensor was in use?"),
    ],
    sources: &["SP 800-213A CS(EIM).8 to CS(EIM).10, CS(EVR).5, CS(EVR).6"],
    limits: "parts that were not activated",
    ..REVIEW
};
