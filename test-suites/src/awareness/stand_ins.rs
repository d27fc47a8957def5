//! Does something stand in when a mechanism of security or auditing fails?

use assay_engine::Test;

use crate::attest::{REVIEW, bench, desk};

pub(super) const TEST: Test = Test {
    id: "awareness/stand-ins",
    title: "Does something stand in when a mechanism of security or auditing fails?",
    asks: &[
        bench("response", "CS(EVR).2", "Was an alert answered by the response that had been defined before?"),
        desk("mechanisms", "CS(EVR).10", "Do the documents say which mechanism stands in when log-in or encryption is compromised?"),
        bench("auditing", "CS(AUP).5", "Was the export of the log stopped, and did another process of auditing take over?"),
        desk("means", "CS(AUP).6.d", "Are further means of the manufacturer to protect audit data described?"),
    ],
    sources: &["SP 800-213A CS(EVR).2, CS(EVR).10, CS(AUP).5, CS(AUP).6.d"],
    limits: "failures that were not brought about",
    ..REVIEW
};
