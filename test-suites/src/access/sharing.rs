//! Does nothing go to third parties while sharing is off?

use assay_engine::{Applies, Bench, Outcome, Test};
use assay_model::profile::{Activity, CaptureFile};
use assay_model::safety::{Method, Safety};

use crate::traffic::{Judged, Match, Taken, Talk, Traffic, Words, is_captured, is_peer};

pub(super) const TEST: Test = Test {
    id: "access/sharing",
    title: "Does nothing go to third parties while sharing is off?",
    shows: &["LA(XCN).2"],
    method: Method::Document,
    safety: Safety::Passive,
    reads: &["capture"],
    asks: &[],
    applies: |subject| match subject.component() {
        Some(component) if component.outbound.iter().any(|outbound| outbound.third_party) => is_captured(subject),
        _ => Applies::Elsewhere,
    },
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["SP 800-53 AC-20", "SP 800-53 AC-21"],
    limits: "third parties behind the address of another peer, and what the manufacturer passes on",
};

fn covers(file: &CaptureFile, activity: Activity) -> bool {
    file.covers.contains(&activity)
}

fn run(bench: &Bench) -> Outcome {
    let profile = bench.profile();
    let traffic = Traffic::read(bench, &[], |file| covers(file, Activity::SharingOn) || covers(file, Activity::SharingOff))?;
    let mut judged = Judged::with(traffic.open());
    traffic.uncovered(&[Activity::SharingOn, Activity::SharingOff]).into_iter().for_each(|missing| judged.leave_open(missing));
    let (mut off, mut on) = (0, 0);
    for taken in &traffic.taken {
        let shared = taken.talks(&traffic.component.id).filter(|talk| is_shared(talk, &traffic)).count();
        match (covers(&taken.file, Activity::SharingOn), covers(&taken.file, Activity::SharingOff)) {
            (true, true) => judged.leave_open(format!("capture `{}` covers sharing both on and off: capture each apart", taken.file.id)),
            (true, false) => on += shared,
            _ => {
                off += taken.talks(&traffic.component.id).count();
                while_off(&mut judged, taken, &traffic, &profile);
            }
        }
    }
    if on == 0 {
        judged.leave_open("no flow to a third party was captured with sharing on, so that its absence with sharing off shows nothing");
    }
    let control = traffic.seen.control(format!("with sharing on, {on} flows to declared third parties were seen in the same way"));
    let words = Words {
        met: "with sharing off, nothing goes to a third party".to_owned(),
        expected: "no flow to a third party with sharing off",
        observed: format!("{off} flows with sharing off; {on} to third parties with sharing on"),
    };
    judged.rule(traffic.seen.clone(), control, words)
}

fn while_off(judged: &mut Judged, taken: &Taken, traffic: &Traffic, profile: &assay_model::profile::Profile) {
    for talk in taken.talks(&traffic.component.id) {
        if is_shared(&talk, traffic) {
            judged.offend(format!("{talk} goes to a third party while sharing is off: keep the product from it"));
        } else if talk.outward && Match::of(&talk, &traffic.component, profile).is_none() {
            judged.leave_open(format!("{talk} is not declared, so that it may go to a third party: declare it ([[component.outbound]])"));
        }
    }
}

/// Whether a flow goes to a declared third party.
fn is_shared(talk: &Talk<'_>, traffic: &Traffic) -> bool {
    traffic.component.outbound.iter().any(|outbound| outbound.third_party && is_peer(talk, outbound))
}
