//! Was the storage of the product found to keep its data safe?

use assay_engine::Test;

use crate::attest::{REVIEW, bench, desk};

pub(super) const TEST: Test = Test {
    id: "protection/stored-data",
    title: "Was the storage of the product found to keep its data safe?",
    asks: &[
        bench(
            "encrypted",
            "DP(STO).1",
            "Was the storage of a sample read out by a skilled person, and was the data in it found encrypted?",
        ),
        bench(
            "credentials",
            "DP(STO).1.a",
            "Were stored passwords found salted and hashed slowly, and the identity and keys protected by cryptography?",
        ),
        bench("altered", "DP(STO).1.b", "Was stored data altered by a skilled person, and did the device notice?"),
        desk("kept", "DP(STO).2", "Do the documents show how stored data is kept secure during its whole life?"),
        bench("local", "DP(STO).2.a", "Was data that was planted on the device kept from every interface that must not show it?"),
        desk("away", "DP(STO).2.b", "Do the documents show how data is kept secure in the cloud or on servers?"),
        bench("apart", "DP(STO).2.c", "Do system data and user data lie on partitions that are separate?"),
    ],
    sources: &["SP 800-213A DP(STO)", "SP 800-111", "EN 303 645 5.4-1"],
    limits: "storage that was not read out",
    ..REVIEW
};
