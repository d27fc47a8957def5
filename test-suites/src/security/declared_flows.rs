//! Does the product talk to nobody but the peers, and at no ports but those, that are declared?

use assay_engine::{Bench, Outcome, Test};
use assay_model::profile::{Activity, Profile};
use assay_model::run::Point;
use assay_model::safety::{Method, Safety};
use assay_model::verdict::Verdict;

use crate::traffic::{Judged, Match, Traffic, Words, is_captured};

const SECURE: &str = "LA(XCN).1";
const AUTOMATED: &str = "LA(XCN).3";

pub(super) const TEST: Test = Test {
    id: "security/declared-flows",
    title: "Does the product talk to nobody but the peers, and at no ports but those, that are declared?",
    shows: &["DS(COM).3", SECURE, AUTOMATED],
    method: Method::Document,
    safety: Safety::Passive,
    reads: &["capture"],
    asks: &[],
    applies: is_captured,
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["EN 18031-1", "RFC 8520", "SP 1800-15"],
    limits: "what the product does at other times, peers behind the address of a declared one, and whether the product itself enforces it",
};

/// What a capture must show at least, of all captures together.
const WANTED: [Activity; 2] = [Activity::Boot, Activity::Use];

/// What was counted.
#[derive(Default)]
struct Counts {
    outbound: usize,
    interfaces: usize,
    upkeep: usize,
    /// Connections to third parties, protected and in clear.
    third: [usize; 2],
}

fn run(bench: &Bench) -> Outcome {
    let (traffic, profile) = (Traffic::read(bench, &[], |_| true)?, bench.profile());
    let mut judged = Judged::with(traffic.open());
    traffic.uncovered(&WANTED).into_iter().for_each(|missing| judged.leave_open(missing));
    let counts = judge(&mut judged, &traffic, &profile);
    if counts.outbound == 0 {
        judged.leave_open("no flow to a declared peer was captured: declare the peers ([[component.outbound]]), and capture the component while it talks to them");
    }
    let third = traffic.component.outbound.iter().any(|outbound| outbound.third_party);
    let control = traffic.seen.control(format!(
        "{} flows to declared peers and {} at declared interfaces are in the captures, and each was told from the others by name, address, port and protocol",
        counts.outbound, counts.interfaces
    ));
    let words = Words {
        met: "every flow fits a declared peer or interface".to_owned(),
        expected: "flows with declared peers and at declared interfaces only, both ways",
        observed: format!("{} flows to declared peers, {} at interfaces, {} of upkeep", counts.outbound, counts.interfaces, counts.upkeep),
    };
    let ruling = judged.rule(traffic.seen.clone(), control, words)?;
    let points = points(ruling.verdict(), third, counts.third);
    Ok(ruling.of_points(points))
}

fn judge(judged: &mut Judged, traffic: &Traffic, profile: &Profile) -> Counts {
    let mut counts = Counts::default();
    for talk in traffic.talks().filter(|talk| !talk.is_unanswered()) {
        match Match::of(&talk, &traffic.component, profile) {
            Some(Match::Outbound(outbound)) => {
                counts.outbound += 1;
                if outbound.third_party {
                    counts.third[usize::from(!talk.flow.protects)] += 1;
                }
            }
            Some(Match::Interface(_)) => counts.interfaces += 1,
            Some(Match::Upkeep) => counts.upkeep += 1,
            Some(Match::Unclear) => judged.leave_open(format!("what is spoken in {talk} was not recognised")),
            None => judged.offend(format!("{talk} is not declared: keep the product from it, or declare it ([[component.outbound]])")),
        }
    }
    counts
}

/// What holds of third parties: that the exchange is secure, and that sharing goes to those that are declared.
fn points(whole: Verdict, declared: bool, [protected, clear]: [usize; 2]) -> Vec<Point> {
    let say = |id: &str, verdict: Verdict, reason: &str| Some(Point { requirement: id.parse().ok()?, verdict, reason: reason.to_owned() });
    let both = |verdict: Verdict, reason: &str| [SECURE, AUTOMATED].into_iter().filter_map(|id| say(id, verdict, reason)).collect();
    match (whole, declared, protected, clear) {
        (Verdict::Pass, false, ..) => both(Verdict::NotApplicable, "no third party is declared, and none was seen"),
        (Verdict::Pass, true, 0, 0) => {
            both(Verdict::Inconclusive, "no flow to a third party was captured: capture the product while it shares data")
        }
        (Verdict::Pass, true, _, 0) => both(Verdict::Pass, "all that goes to third parties goes to declared ones, and is protected"),
        (Verdict::Pass, true, ..) => {
            let secure = say(SECURE, Verdict::Inconclusive, "some flows to third parties are in clear: protect them");
            secure.into_iter().chain(say(AUTOMATED, Verdict::Pass, "all that goes to third parties goes to declared ones")).collect()
        }
        _ => Vec::new(),
    }
}
