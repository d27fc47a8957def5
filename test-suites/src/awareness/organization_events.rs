//! Can an organization have its own events watched and recorded?

use assay_engine::Test;

use crate::attest::{REVIEW, app};

pub(super) const TEST: Test = Test {
    id: "awareness/organization-events",
    title: "Can an organization have its own events watched and recorded?",
    asks: &[
        app("watch", "CS(EIM).2", "Can events that the organization defines be watched for, and was one brought about and shown?"),
        app(
            "disclosure",
            "CS(EIM).5",
            "Was a staged disclosure of marked information noticed, by the product or by an outside process that it informs?",
        ),
        app("traffic", "CS(EIM).6", "Can the traffic of the product be monitored?"),
        app("details", "CS(LCT).1.b", "Are the details that the organization defined captured for its events?"),
        app("reason", "CS(RDL).4", "Does a record say why it was made?"),
        app("incidents", "CS(RDL).5", "Is what the organization needs to examine incidents captured?"),
        app("use", "CS(RDL).6", "Is access to stored data, and its use, recorded?"),
    ],
    sources: &["SP 800-213A CS(EIM).2, CS(EIM).5, CS(EIM).6, CS(LCT).1.b, CS(RDL).4, CS(RDL).5, CS(RDL).6"],
    limits: "events that were not brought about",
    ..REVIEW
};
