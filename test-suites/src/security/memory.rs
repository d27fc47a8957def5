//! Does the device keep processes and their memory apart?

use assay_engine::Test;

use crate::attest::{REVIEW, bench, desk};

pub(super) const TEST: Test = Test {
    id: "security/memory",
    title: "Does the device keep processes and their memory apart?",
    asks: &[
        desk("sharing", "DS(RSC).1", "Do the documents describe how resources of the system are shared?"),
        bench("separate", "DS(RSC).1.b", "Are resources of users and of processes kept separate?"),
        desk("address-space", "DS(RSC).2", "Is the address space of each process managed?"),
        desk("kernel", "DS(RSC).3", "Does the kernel enforce access to memory?"),
        bench("foreign", "DS(RSC).4", "Was a process kept from reading the memory of another?"),
        desk("suffice", "DS(RSC).7", "Do the resources suffice for the operating environment, with a reserve?"),
    ],
    sources: &["SP 800-213A DS(RSC)", "SP 800-53 Rev. 5 SC-39, SC-4"],
    limits: "whether the hardware keeps what the operating system relies on",
    ..REVIEW
};
