//! Does the component report on its own security, dated and with all that is declared of the report?

use assay_engine::Test;
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};

use crate::dated;
use crate::readout::offers;

pub(super) const TEST: Test = Test {
    id: "awareness/self-report",
    title: "Does the component report on its own security, dated and with all that is declared of the report?",
    shows: &["CS(AUP).1"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, Purpose::PostureReport).into(),
    run: |bench| Box::pin(async move { dated::judge(&bench, Purpose::PostureReport, &["time"]).await }),
    sources: &["SP 800-53 CA-7, SI-4"],
    limits: "whether what the report says is right",
};
