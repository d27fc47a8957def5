//! Do customers learn who answers for what, and what the manufacturer expects of them?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "education/responsibilities",
    title: "Do customers learn who answers for what, and what the manufacturer expects of them?",
    asks: &[
        desk(
            "law",
            "EA(RSP).1.a.i",
            "Does the manufacturer explain the law on responsibilities for maintenance, or how legal requirements are met in use?",
        ),
        desk(
            "procedures",
            "EA(RSP).1.a.ii",
            "Do people in the device roles of the customer learn what the maintenance procedures require of them?",
        ),
        desk("data-security", "EA(RSP).1.a.iii", "Is there education that supports the duties of those who answer for data security?"),
        desk(
            "establishing",
            "EA(RSP).1.a.iv",
            "Is it explained how responsibilities for data security are established with the device or with services that work with it?",
        ),
        desk("by-role", "EA(RSP).1.a.v", "Do the materials describe the controls that rest on roles, and how different roles are set up?"),
        desk(
            "policies",
            "EA(RSP).1.a.vi",
            "Do the materials show how roles are established that support policies and procedures for the device?",
        ),
        desk("staff", "EA(RSP).1.a.vii", "Are there materials for information security staff, and for others where that is fitting?"),
        desk(
            "levels",
            "EA(RSP).1.a.viii",
            "Do the materials explain the recommended roles so that customers can place them in their hierarchy of privileges?",
        ),
        desk(
            "risk",
            "EA(EXP).1.a.i",
            "Does the manufacturer explain that customers have to assess, from what it provides, the risks that the device brings?",
        ),
    ],
    sources: &["SP 800-213A EA(RSP)", "SP 800-213A EA(EXP)"],
    ..REVIEW
};
