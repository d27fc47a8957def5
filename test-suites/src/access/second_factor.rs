//! Which further methods of authentication does the product offer?

use assay_engine::Test;

use crate::attest::{REVIEW, app};

pub(super) const TEST: Test = Test {
    id: "access/second-factor",
    title: "Which further methods of authentication does the product offer?",
    asks: &[
        app(
            "offered",
            "LA(AUN).4",
            "Does the product offer at least one further method of authentication out of band, and was a log-in without it refused once it was on?",
        ),
        app("out-of-band", "LA(AUN).2.b", "Does the further method go over another path than the log-in itself?"),
        app("one-time", "LA(AUN).2.b.i", "Was a code or temporary password that had been used once refused the second time?"),
        app("third-party", "LA(AUN).2.b.ii", "Can a third party check the credentials, and was a log-in through it tried?"),
        app("biometrics", "LA(AUN).2.b.iii", "Can biometrics be used, and was a foreign finger or face refused?"),
        app("messages", "LA(AUN).2.b.iv", "Can text messages be used, and was a wrong code refused?"),
        app("tokens", "LA(AUN).2.b.v", "Can hard tokens be used, and was a log-in without the token refused?"),
        app("proprietary", "LA(AUN).2.b.vi", "If the manufacturer has a method of its own, was it tried right and wrong?"),
    ],
    sources: &["SP 800-63B-4", "SP 800-213A LA(AUN).2.b, LA(AUN).4"],
    limits: "how strong the methods are; whether they can be got around was tried only where an observation says so",
    ..REVIEW
};
