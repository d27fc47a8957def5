//! Do the documents say how the product is monitored, and what shows that it is under attack?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/monitoring",
    title: "Do the documents say how the product is monitored, and what shows that it is under attack?",
    asks: &[
        desk("monitoring", "DO(CAP).1.b.i", "Do the documents give what is needed to monitor the product and the systems around it?"),
        desk("procedure", "DO(CAP).1.b.ii", "Do the documents describe step by step how monitoring is carried out?"),
        desk("attack", "DO(CAP).1.b.iii", "Do the documents name behaviour of the product that may mean an attack is under way?"),
        desk("misuse", "DO(CAP).1.b.iv", "Do the documents say how unauthorized use of the product and its systems is recognized?"),
        desk("signs", "DO(CAP).1.b.v", "Do the documents describe the signs of unauthorized use on the device itself?"),
        desk("tools", "DO(CAP).1.b.vi", "Do the documents say how tools that monitor the product are set up and deployed securely?"),
        desk("raise", "DO(CAP).1.b.vii", "Do the documents say when and how the level of security is raised?"),
        desk("built-in", "DO(CAP).1.b.viii", "Do the documents explain the built-in controls, and how they are set to suit the risk?"),
        desk("alerts", "DO(CAP).1.b.ix", "Do the documents say when and how alerts and advisories about the product are issued?"),
    ],
    sources: &["SP 800-213A DO(CAP).1.b"],
    ..REVIEW
};
