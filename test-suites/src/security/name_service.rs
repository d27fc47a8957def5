//! Are the product's queries for names hard to forge answers to?

use std::collections::BTreeSet;
use std::net::IpAddr;

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::{Purpose, Speaks};
use assay_model::safety::{Method, Safety};
use assay_probes::peer::Query;
use serde::Serialize;

use crate::peers::{Stand, stood_in};

pub(super) const TEST: Test = Test {
    id: "security/name-service",
    title: "Are the product's queries for names hard to forge answers to?",
    shows: &["DS(COM).8"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| stood_in(component, is_dns).next().is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 5452 4.5, 9.2", "RFC 4035 4", "SP 800-53 SC-21"],
    limits: "whether the product validates signatures itself, and forged answers to a query that is under way",
};

fn is_dns(speaks: Speaks) -> bool {
    speaks == Speaks::Dns
}

/// What the queries of one run have in common.
#[derive(Debug, Serialize)]
struct Spread {
    queries: usize,
    ports: usize,
    ids: usize,
    /// Pairs of queries in a row whose numbers, or whose ports, are one apart.
    ids_in_a_row: usize,
    ports_in_a_row: usize,
    wants_dnssec: bool,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let outbound = stood_in(&component, is_dns).next().ok_or_else(|| Stop::missing("no outbound over dns has a `lab`"))?;
    let mut stand = Stand::open(&bench, &component, outbound, Purpose::Connect).await?;
    let IpAddr::V4(address) = stand.at.ip() else {
        return Err(Stop::missing("the laboratory answers with addresses of IPv4: listen at one"));
    };
    let wanted = bench.policy().outbound.names.clone();
    let queries = stand.resolve(address, wanted.value).await?;
    let spread = Spread::of(&queries);
    let seen = bench.record("the queries for names", &(&spread, &queries))?;
    let finding = |reason: String| Finding {
        reason,
        expected: format!("ports and numbers that cannot be foretold, over at least {} queries, and DNSSEC asked for", wanted.value),
        observed: format!("{} queries from {} ports under {} numbers", spread.queries, spread.ports, spread.ids),
        source: wanted.source.clone(),
    };
    if queries.is_empty() {
        return seen.inconclusive(finding(stand.absent()));
    }
    if queries.len() < wanted.value {
        return seen
            .inconclusive(finding("too few queries came to tell: let the product connect more often, or raise lab.seconds".to_owned()));
    }
    if let Some(why) = spread.foretold() {
        return seen.fail(finding(format!("{why}, so that answers can be forged: draw both at random for each query")));
    }
    if !spread.wants_dnssec {
        let what = "the names were asked for as they should, but nothing of DNSSEC was asked for (neither DO nor AD), so half is not shown";
        return seen.inconclusive(finding(what.to_owned()));
    }
    let control = seen.control("the queries came to the laboratory's own name server, which saw the port and the number of each");
    seen.pass(control, finding("ports and numbers of the queries cannot be foretold, and DNSSEC is asked for".to_owned()))
}

impl Spread {
    fn of(queries: &[Query]) -> Self {
        type Part = fn(&Query) -> u16;
        let count = |of: Part| queries.iter().map(of).collect::<BTreeSet<_>>().len();
        let in_a_row = |of: Part| queries.windows(2).filter(|pair| of(&pair[0]).abs_diff(of(&pair[1])) == 1).count();
        let (port, id): (Part, Part) = (|query| query.port, |query| query.id);
        Self {
            queries: queries.len(),
            ports: count(port),
            ids: count(id),
            ids_in_a_row: in_a_row(id),
            ports_in_a_row: in_a_row(port),
            wants_dnssec: queries.iter().any(|query| query.wants_dnssec),
        }
    }

    /// Gross faults alone: random numbers come together now and then.
    fn foretold(&self) -> Option<&'static str> {
        let half = self.queries / 2;
        match () {
            () if self.ports < half => Some("queries come from few ports"),
            () if self.ids < half => Some("queries have few numbers"),
            () if self.ids_in_a_row > half => Some("the numbers of queries count up or down"),
            () if self.ports_in_a_row > half => Some("the ports of queries count up or down"),
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(of: impl Fn(u16) -> (u16, u16)) -> Option<&'static str> {
        let query = |(port, id)| Query { port, id, name: String::new(), kind: 1, wants_dnssec: false };
        Spread::of(&(0..50).map(|n| query(of(n))).collect::<Vec<_>>()).foretold()
    }

    #[test]
    fn only_gross_faults_count() {
        let odd = |n: u16| n.wrapping_mul(40_503) ^ 0x5a5a;
        assert_eq!(spread(|n| (odd(n), odd(n + 99))), None);
        assert_eq!(spread(|n| (53, odd(n))), Some("queries come from few ports"));
        assert_eq!(spread(|n| (odd(n), 7)), Some("queries have few numbers"));
        assert_eq!(spread(|n| (odd(n), n)), Some("the numbers of queries count up or down"));
        assert_eq!(spread(|n| (n, odd(n))), Some("the ports of queries count up or down"));
    }
}
