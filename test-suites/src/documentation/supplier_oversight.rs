//! Does the manufacturer say how it oversees those who support the device?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/supplier-oversight",
    title: "Does the manufacturer say how it oversees those who support the device?",
    asks: &[
        desk(
            "monitoring",
            "DO(SMP).8.a.i",
            "Does the manufacturer describe how it continually monitors device activities and the compliance of external providers?",
        ),
        desk("oversight", "DO(SMP).8.a.i.1", "Does the manufacturer detail how it oversees its supporting entities?"),
        desk("safeguards", "DO(SMP).8.a.i.1.a", "Does that say how safeguards are met that law demands for the risk of the supply chain?"),
        desk(
            "parts-played",
            "DO(SMP).8.a.i.1.b",
            "Does it say what each supporting entity does for the device, and how that work is monitored?",
        ),
        desk(
            "contracts",
            "DO(SMP).8.a.i.1.c",
            "Does it say how contracts along the supply chain include requirements on security and oversight?",
        ),
        desk("remote", "DO(SMP).8.a.i.1.d", "Does it say which remote monitoring is carried out over the work of each supporting entity?"),
        desk(
            "other-access",
            "DO(SMP).8.a.i.1.e",
            "Does it say what else supporting entities access, collect, use and share, and how that is monitored?",
        ),
        desk(
            "auditing",
            "DO(SMP).8.a.i.2",
            "Do the documents say how the device supports regulatory audits, and who takes part, with what access and oversight?",
        ),
        desk(
            "customers",
            "DO(SMP).8.a.i.3",
            "Do the documents instruct customers how to monitor continually whether supporting entities comply?",
        ),
        desk(
            "help",
            "DO(SMP).8.a.i.4",
            "Do the documents give tools or instructions for monitoring the device, or for reporting to an entity that monitors it?",
        ),
        desk(
            "feedback",
            "DO(SMP).8.a.i.5",
            "Do the documents tell how customers give feedback when supply chain management or its records fall short?",
        ),
    ],
    sources: &["SP 800-213A DO(SMP).8.a"],
    ..REVIEW
};
