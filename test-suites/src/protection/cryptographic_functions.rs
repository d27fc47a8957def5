//! Do the documents show the cryptographic functions that the product cannot show over the network?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "protection/cryptographic-functions",
    title: "Do the documents show the cryptographic functions that the product cannot show over the network?",
    asks: &[
        desk(
            "certificates",
            "DP(CRY).2",
            "Do the documents show how the device obtains certificates, and how it checks that one is valid?",
        ),
        desk("hashing", "DP(CRY).4", "Do the documents name the hash algorithms of the device, each of them approved?"),
        desk(
            "comparing",
            "DP(CRY).6",
            "Do the documents show where the device compares hash values, in constant time where a secret is involved?",
        ),
    ],
    sources: &["SP 800-213A DP(CRY)", "FIPS 140-3"],
    limits: "whether the functions are carried out as documented",
    ..REVIEW
};
