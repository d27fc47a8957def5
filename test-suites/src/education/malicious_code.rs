//! Do customers learn to keep malicious code away, to find it and to be rid of it?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "education/malicious-code",
    title: "Do customers learn to keep malicious code away, to find it and to be rid of it?",
    asks: &[
        desk(
            "protecting",
            "EA(VMG).1.a.i",
            "Do customers learn to protect device, systems, entry and exit points against malicious code, and to find and remove it?",
        ),
        desk(
            "updating",
            "EA(VMG).1.a.ii",
            "Do customers learn to update that protection upon new releases, in keeping with their configuration management?",
        ),
        desk(
            "new-threats",
            "EA(VMG).1.a.iii",
            "Are customers told of newly found vulnerabilities and threats, such as malware that nobody knew before?",
        ),
        desk("using", "EA(VMG).1.a.iv", "Where the device has or comes with anti-malware, do customers learn to use and configure it?"),
        desk(
            "effects",
            "EA(VMG).1.a.v",
            "Do customers learn how anti-malware activity affects mission critical processes around the device?",
        ),
        desk(
            "response",
            "EA(VMG).1.a.vi",
            "Do customers learn which responses are possible and recommended when malicious code is found in the device?",
        ),
        desk("controls", "EA(VMG).1.a.vii", "Do customers learn what controls that detect and remove malicious code need to know?"),
    ],
    sources: &["SP 800-213A EA(VMG).1.a"],
    ..REVIEW
};
