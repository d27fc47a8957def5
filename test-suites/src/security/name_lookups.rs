//! Does the product guard its questions to name servers against forged answers, as captures show?

use assay_capture::Spread;
use assay_engine::{Bench, Outcome, Test};
use assay_model::safety::{Method, Safety};

use crate::traffic::{Judged, Traffic, Words, is_captured};

pub(super) const TEST: Test = Test {
    id: "security/name-lookups",
    title: "Does the product guard its questions to name servers against forged answers, as captures show?",
    shows: &["DS(COM).8"],
    method: Method::Document,
    safety: Safety::Passive,
    reads: &["capture"],
    asks: &[],
    applies: is_captured,
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["RFC 5452 9", "SP 800-53 SC-20", "SP 800-53 SC-21"],
    limits: "whether a forged answer is refused, DNSSEC, and questions that go out inside protected connections",
};

/// Questions to one server from which on their spread says something (own choice).
const LEAST: u64 = 50;
/// The least share of questions with a port, or a number, that no other has, and the largest of those that count up, in percent.
/// Drawn from some thousands at random, all but a few differ, and hardly any follows the one before (RFC 5452, section 9.2; the
/// numbers are an own choice).
const DIFFERENT: u64 = 80;
const COUNTED: u64 = 20;

fn run(bench: &Bench) -> Outcome {
    let traffic = Traffic::read(bench, &[], |_| true)?;
    let mut judged = Judged::with(traffic.open());
    let (mut enough, mut answered) = (0, 0);
    for taken in &traffic.taken {
        let capture = &taken.capture;
        for spread in capture.spreads.iter().filter(|spread| taken.own.contains(&spread.asker) && spread.queries >= LEAST) {
            enough += 1;
            judge(&mut judged, spread);
        }
        answered += capture.queries.iter().filter(|query| taken.own.contains(&query.asker) && query.answered == Some(0)).count();
    }
    if enough == 0 {
        judged.leave_open(format!("no capture holds {LEAST} questions in clear to one name server: capture for longer"));
    }
    if answered == 0 {
        judged.leave_open("no question was answered: capture where name servers answer");
    }
    let all: Vec<String> = traffic
        .taken
        .iter()
        .flat_map(|taken| taken.capture.spreads.iter().filter(|spread| taken.own.contains(&spread.asker)))
        .map(words)
        .collect();
    let control =
        traffic.seen.control(format!("{answered} questions were answered, and the ports and numbers of all were read: {}", all.join("; ")));
    let words = Words {
        met: "ports and numbers of the questions differ without an order".to_owned(),
        expected: "ports and numbers that cannot be foreseen",
        observed: all.join("; "),
    };
    judged.rule(traffic.seen.clone(), control, words)
}

fn judge(judged: &mut Judged, spread: &Spread) {
    let share = |count: u64| count.saturating_mul(100) / spread.queries.max(1);
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let sides = [("port", count(spread.ports), spread.port_steps), ("number", count(spread.ids), spread.id_steps)];
    for (what, different, steps) in sides {
        if share(different) < DIFFERENT {
            judged
                .offend(format!("{} questions to {} share {different} {what}s: draw each {what} at random", spread.queries, spread.server));
        } else if share(steps) > COUNTED {
            judged.offend(format!("the {what}s of questions to {} count up: draw each {what} at random", spread.server));
        }
    }
}

fn words(spread: &Spread) -> String {
    format!("{} questions to {} from {} ports with {} numbers", spread.queries, spread.server, spread.ports, spread.ids)
}
