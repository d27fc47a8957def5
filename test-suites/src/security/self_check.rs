//! Does the component check itself when asked, and answer with a result of that moment?

use assay_engine::Test;
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};

use crate::dated;
use crate::readout::offers;

pub(super) const TEST: Test = Test {
    id: "security/self-check",
    title: "Does the component check itself when asked, and answer with a result of that moment?",
    shows: &["DS(DIN).1", "CS(AUP).2"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, Purpose::SelfCheck).into(),
    run: |bench| Box::pin(async move { dated::judge(&bench, Purpose::SelfCheck, &["time", "result"]).await }),
    sources: &["SP 800-53 CA-9(1), SI-6, SI-7"],
    limits: "what is checked, and whether a violation would be found",
};
