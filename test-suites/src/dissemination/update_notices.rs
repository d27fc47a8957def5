//! Do customers learn what an update does, when it comes, and what it does to their data?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "dissemination/update-notices",
    title: "Do customers learn what an update does, when it comes, and what it does to their data?",
    asks: &[
        desk(
            "fixes",
            "ID(CRI)",
            "Do the notes of the last three releases name the security flaws that are fixed, and how urgent the update is?",
        ),
        desk(
            "reviewing",
            "ID(CRI).1.a.i",
            "Do the documents detail how device and systems are reviewed and updated without loss of data integrity?",
        ),
        desk(
            "triggers",
            "ID(CRI).1.a.ii",
            "Do the documents say which events trigger automatic updates, or show that an update by hand is due?",
        ),
        desk(
            "effects",
            "ID(CRI).1.a.iii",
            "Does the manufacturer tell the details of each update and its possible effects on data, such as deletion?",
        ),
    ],
    sources: &["SP 800-213A ID(CRI).1.a"],
    limits: "whether notices reach everybody",
    ..REVIEW
};
