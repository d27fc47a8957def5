//! Do the documents say how the product is monitored, and what shows that it is under attack?

use assay_engine::{Subject, Test};
use assay_model::question::{Question, Visit};
use assay_model::safety::{Method, Safety};

use crate::attest::review;

const POINTS: &[Question] = &[
    Question::point(
        "monitoring",
        "DO(CAP).1.b.i",
        Visit::Desk,
        "Do the documents give what is needed to monitor the product and the systems around it?",
    ),
    Question::point("procedure", "DO(CAP).1.b.ii", Visit::Desk, "Do they describe step by step how monitoring is carried out?"),
    Question::point(
        "attack",
        "DO(CAP).1.b.iii",
        Visit::Desk,
        "Do they name behaviour of the product that may mean an attack is under way?",
    ),
    Question::point(
        "misuse",
        "DO(CAP).1.b.iv",
        Visit::Desk,
        "Do they say how unauthorized use of the product and its systems is recognized?",
    ),
    Question::point("signs", "DO(CAP).1.b.v", Visit::Desk, "Do they describe the signs of unauthorized use on the device itself?"),
    Question::point(
        "tools",
        "DO(CAP).1.b.vi",
        Visit::Desk,
        "Do they say how tools that monitor the product are set up and deployed securely?",
    ),
    Question::point("raise", "DO(CAP).1.b.vii", Visit::Desk, "Do they say when and how the level of security is raised?"),
    Question::point(
        "built-in",
        "DO(CAP).1.b.viii",
        Visit::Desk,
        "Do they explain the built-in controls, and how they are set to suit the risk?",
    ),
    Question::point(
        "alerts",
        "DO(CAP).1.b.ix",
        Visit::Desk,
        "Do they say when and how alerts and advisories about the product are issued?",
    ),
];

pub(super) const TEST: Test = Test {
    id: "documentation/monitoring",
    title: "Do the documents say how the product is monitored, and what shows that it is under attack?",
    shows: &[
        "DO(CAP).1.b.i",
        "DO(CAP).1.b.ii",
        "DO(CAP).1.b.iii",
        "DO(CAP).1.b.iv",
        "DO(CAP).1.b.v",
        "DO(CAP).1.b.vi",
        "DO(CAP).1.b.vii",
        "DO(CAP).1.b.viii",
        "DO(CAP).1.b.ix",
    ],
    method: Method::Person,
    safety: Safety::Passive,
    reads: &[],
    asks: POINTS,
    applies: |subject| matches!(subject, Subject::Product(_)).into(),
    run: |bench| Box::pin(async move { review(&bench, POINTS).await }),
    sources: &["SP 800-213A DO(CAP).1.b"],
    limits: "whether what the documents say is right",
};
