//! Do the settings of the product take effect, and are they kept to those who may change them?

use assay_engine::Test;

use crate::attest::{REVIEW, app, bench};

pub(super) const TEST: Test = Test {
    id: "configuration/settings-by-hand",
    title: "Do the settings of the product take effect, and are they kept to those who may change them?",
    asks: &[
        app(
            "authentication",
            "DC(AUT)",
            "Were lock-out, session and password settings changed by an administrator with effect, and refused to a lesser role?",
        ),
        app("interfaces", "DC(INT)", "Were interfaces switched by an administrator with effect, and was that refused to a lesser role?"),
        bench(
            "display",
            "DC(DSP)",
            "Did the display show the text that an administrator had set, and was setting it refused to a lesser role?",
        ),
        app("reaction", "DC(CTL)", "Can the configuration be changed in reaction to an event in operation?"),
        app("software", "DC(CTL).1", "Can the settings that govern the software be changed, with effect?"),
        app(
            "secure",
            "DC(CTL).2",
            "After ten settings were changed, did an administrator bring back the secure configuration, and was the export then equal to the first one?",
        ),
        app("further", "DC(CTL).3", "Are there the further settings that the organization wants to use?"),
        app("cryptography", "DC(CTL).4", "Was the use of cryptography configured, and was a weaker offer refused afterwards?"),
        app("mode", "DC(CTL).4.a", "Did the product follow the choice between automatic and manual updates?"),
        app("notices", "DC(CTL).4.b", "Did notices of updates come only when switched on, and to the recipient that was set?"),
    ],
    sources: &["SP 800-213A DC(AUT), DC(INT), DC(DSP), DC(CTL)", "SP 800-53 Rev. 5 CM-5, CM-6"],
    limits: "settings that were not tried",
    ..REVIEW
};
