//! Is the identifier of the sample kept out of whatever everybody on the network can read?

use assay_capture::Canary;
use assay_engine::{Applies, Bench, Outcome, Stop, Test};
use assay_model::profile::Activity;
use assay_model::safety::{Method, Safety};

use crate::traffic::{Judged, Traffic, Words, is_captured, plant, word};

pub(super) const TEST: Test = Test {
    id: "identification/hidden-identifier",
    title: "Is the identifier of the sample kept out of whatever everybody on the network can read?",
    shows: &["DI(AID).1.a"],
    method: Method::Document,
    safety: Safety::Passive,
    reads: &["capture"],
    asks: &[],
    applies: |subject| match subject.component() {
        Some(component) if component.identifier.is_some() => is_captured(subject),
        _ => Applies::Elsewhere,
    },
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["SP 800-53 AC-3", "EN 303 645 5.6-2"],
    limits: "parts of the identifier, hardware addresses, radio beacons, banners and pages that were not captured",
};

/// What a capture must show at least, of all captures together.
const WANTED: [Activity; 3] = [Activity::Boot, Activity::SetUp, Activity::Use];

fn run(bench: &Bench) -> Outcome {
    let declared = bench.component()?.identifier.ok_or_else(|| Stop::missing("add `identifier` to the component in the profile"))?;
    let canary = Canary { id: format!("the identifier `{}`", declared.expect), bytes: declared.expect.into_bytes() };
    let canaries = [canary];
    let traffic = Traffic::read(bench, &canaries, |_| true)?;
    let planted = plant(bench, &canaries)?;
    let mut judged = Judged::with(traffic.open());
    traffic.uncovered(&WANTED).into_iter().for_each(|missing| judged.leave_open(missing));
    let (mut flows, mut protected) = (0, 0);
    for talk in traffic.talks() {
        flows += 1;
        protected += usize::from(talk.flow.protects);
        for hit in talk.taken.capture.hits.iter().filter(|hit| hit.flow == talk.number) {
            judged.offend(format!("{} is in clear ({}) in {talk}: leave it out there", hit.canary, word(&hit.form)));
        }
        if talk.has_content() && talk.flow.protocol == assay_capture::Protocol::Unclassified {
            judged.leave_open(format!("{talk} speaks nothing that is recognised, so that it may hold the identifier in another form"));
        }
    }
    if protected == flows {
        judged.leave_open("no flow in clear was captured: capture the product while it starts and announces itself");
    }
    let control = planted.control(format!("a planted copy was found by the same search, which went over {flows} flows of the component"));
    let words = Words {
        met: "the identifier is in no flow in clear".to_owned(),
        expected: "the identifier in protected connections only",
        observed: format!("{flows} flows, {protected} of them protected"),
    };
    judged.rule(traffic.seen.and(planted), control, words)
}
