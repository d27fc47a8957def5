//! Is data gone after a factory reset?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench};

pub(super) const TEST: Test = Test {
    id: "protection/erasure",
    title: "Is data gone after a factory reset?",
    asks: &[
        bench(
            "planted",
            "DP(STO).3",
            "Were a marked user, network secret, token and log entry planted, the product reset, and every interface searched for them without finding any?",
        ),
        bench("refused", "DP(STO).3", "Were the old credentials, tokens and pairings refused after the reset?"),
        bench("first-use", "DP(STO).3", "Was the product after the reset in the state in which it is first used?"),
        app("backend", "DP(STO).3", "Was the link to the backend taken back within the declared time?"),
    ],
    sources: &["SP 800-88r2", "EN 303 645 5.11-1", "SP 800-213A DP(STO).3"],
    limits: "data in places that nobody looked at",
    ..REVIEW
};
