//! Does the manufacturer say which third parties reach the device or its data?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/third-parties",
    title: "Does the manufacturer say which third parties reach the device or its data?",
    asks: &[
        desk(
            "in-contracts",
            "DO(SMP).8.b.i",
            "Do customer contracts list the third parties with access, and the security and privacy controls set for them?",
        ),
        desk("cloud", "DO(SMP).8.b.ii", "Do the documents detail every cloud service that supports the device?"),
        desk(
            "interfaces",
            "DO(SMP).8.b.iii",
            "Do the documents describe all logical interfaces, and which of them third parties use and why?",
        ),
        desk(
            "recipients",
            "DO(SMP).8.b.iv",
            "Do customers get a list of the third parties that receive device data or customer information?",
        ),
        desk("data-types", "DO(SMP).8.b.v", "Do customers get a list of the types of data that third parties receive through the device?"),
        desk(
            "systems",
            "DO(SMP).8.b.vi",
            "Do the documents describe which other devices and systems will access the device in use, and how?",
        ),
        desk(
            "requests",
            "DO(SMP).8.b.vii",
            "Do contracts or disclosures say how requests to modify interfaces are made, acted on, and by whom?",
        ),
        desk(
            "changes",
            "DO(SMP).8.b.viii",
            "Do the documents describe how customers learn of changes at contractors and third parties, such as of place?",
        ),
        desk("unlisted", "DO(SMP).8.b.ix", "Do the documents describe how third parties that are not listed are kept from the device?"),
        desk(
            "barring",
            "DO(SMP).8.b.x",
            "Do the documents describe how customers bar or restrict third parties, or how these are barred already?",
        ),
        desk(
            "over-life",
            "DO(SMP).8.b.xi",
            "Do the documents describe how the manufacturer and listed entities access and modify the device over its life?",
        ),
        desk(
            "fedramp",
            "DO(SMP).8.b.xii",
            "Do the documents describe to Federal agencies how the device supports the requirements of FedRAMP?",
        ),
    ],
    sources: &["SP 800-213A DO(SMP).8.b"],
    ..REVIEW
};
