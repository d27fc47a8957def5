//! Is the product's clock right?

use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Stop, Subject, Test};
use assay_model::profile::Speaks;
use assay_model::safety::{Method, Safety};
use assay_probes::ntp;
use serde::Serialize;
use time::OffsetDateTime;

use super::stamp;
use crate::support::Reader;

/// Reads of the clock, and the time between them: together more than a second, so that a read-out in whole seconds
/// goes on meanwhile.
const READS: usize = 5;
const PAUSE: Duration = Duration::from_millis(260);

pub(super) const TEST: Test = Test {
    id: "awareness/clock-offset",
    title: "Is the product's clock right?",
    shows: &["CS(SRT).2"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| match subject {
        Subject::Product(_) => false.into(),
        Subject::Component(_, component) => component.clock.is_some().into(),
        Subject::Interface(_, _, interface) => (interface.speaks == Speaks::Ntp).into(),
    },
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-8", "RFC 5905"],
    limits: "how the clock is set and whether its source is verified, and how well it keeps time; the laboratory's own clock is taken to be right",
};

/// One read of the clock, in milliseconds since 1970.
#[derive(Debug, Serialize)]
struct Read {
    text: String,
    before_ms: i64,
    after_ms: i64,
    product_ms: Option<i64>,
    step_ms: u32,
}

/// The offset lies between these, in milliseconds; above 0 the product is ahead.
#[derive(Debug, Clone, Copy, Serialize)]
struct Offset {
    least: i64,
    most: i64,
}

async fn run(bench: Bench) -> Outcome {
    let reads = five_reads(&bench).await?;
    let offset = offset_of(&reads);
    let seen = bench.record("the clock, read five times", &(&reads, offset))?;
    let limit = bench.policy().awareness.clock_max_offset_ms.clone();
    let most = i64::try_from(limit.value).unwrap_or(i64::MAX);
    let finding = |reason: String| Finding {
        reason,
        expected: format!("an offset of at most {} ms", limit.value),
        observed: offset
            .map_or_else(|| format!("`{}`", reads[0].text), |offset| format!("an offset between {} and {} ms", offset.least, offset.most)),
        source: limit.source.clone(),
    };
    let Some(offset) = offset else {
        let what = format!("`{}` is no point in time with an offset from UTC, or the clock jumps: nothing to compare", reads[0].text);
        return seen.inconclusive(finding(what));
    };
    if offset.least > most || offset.most < -most {
        let (by, way) = if offset.least > 0 { (offset.least, "ahead") } else { (-offset.most, "behind") };
        return seen.fail(finding(format!("the clock is {by} ms {way}: set it from a verified source of time")));
    }
    let middle = i64::midpoint(offset.least, offset.most);
    if offset.most - offset.least > 2 * most || middle.abs() > most {
        return seen.inconclusive(finding("the clock is read too coarsely or too slowly to tell".to_owned()));
    }
    if reads.first().map(|read| read.product_ms) == reads.last().map(|read| read.product_ms) {
        return seen.inconclusive(finding("the clock shows the same time at every read".to_owned()));
    }
    let control = seen.control("the clock went on between the reads as the laboratory's did, and each read was set against that");
    seen.pass(control, finding("the clock is right".to_owned()))
}

async fn five_reads(bench: &Bench) -> Result<Vec<Read>, Stop> {
    let mut reader = if bench.interface().is_ok() { None } else { Some(reader(bench).await?) };
    let mut reads = Vec::new();
    for index in 0..READS {
        if index > 0 {
            bench.wait(PAUSE).await;
        }
        reads.push(match reader.as_mut() {
            Some(reader) => read(bench, reader).await?,
            None => ask(bench).await?,
        });
    }
    Ok(reads)
}

async fn reader(bench: &Bench) -> Result<Reader, Stop> {
    let component = bench.component()?;
    let clock =
        component.clock.clone().ok_or_else(|| Stop::missing("say in the profile where the clock is read: `clock` of the component"))?;
    let mut reader = Reader::open(bench, &component, &clock).await?;
    let _first = reader.read().await?; // the connection stands from now on, and reads are quick
    Ok(reader)
}

async fn read(bench: &Bench, reader: &mut Reader) -> Result<Read, Stop> {
    let before = bench.now();
    let text = reader.read().await?;
    let after = bench.now();
    let stamp = stamp::read(&text);
    let step_ms = stamp.map_or(0, |stamp| stamp.step_ms);
    Ok(Read { product_ms: stamp.and_then(|stamp| stamp.unix_ms), text, before_ms: ms(before), after_ms: ms(after), step_ms })
}

async fn ask(bench: &Bench) -> Result<Read, Stop> {
    let before = bench.now();
    let now = bench.clone();
    let fact = ntp::ask(&bench.permit()?, move || now.now().unix_timestamp_nanos()).await?;
    let after = bench.now();
    if fact.leap == 3 || fact.stratum == 0 || fact.stratum > 15 {
        return Err(Stop::Inconclusive(format!(
            "the time server says that it is not synchronised (stratum {}, leap {})",
            fact.stratum, fact.leap
        )));
    }
    let product_ms = i64::midpoint(ms(before), ms(after)).checked_add(fact.offset_ns / 1_000_000);
    Ok(Read { text: format!("offset {} ns", fact.offset_ns), before_ms: ms(before), after_ms: ms(after), product_ms, step_ms: 1 })
}

fn ms(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or_default()
}

/// What the offset can be, given all reads: the product's time lies in its step, and was read between before and after.
fn offset_of(reads: &[Read]) -> Option<Offset> {
    let mut all = Offset { least: i64::MIN, most: i64::MAX };
    for read in reads {
        let product = read.product_ms?;
        all.least = all.least.max(product.checked_sub(read.after_ms)?);
        all.most = all.most.min(product.checked_add(i64::from(read.step_ms))?.checked_sub(read.before_ms)?);
    }
    (all.least <= all.most).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(product_ms: i64, before_ms: i64, step_ms: u32) -> Read {
        Read { text: String::new(), before_ms, after_ms: before_ms + 20, product_ms: Some(product_ms), step_ms }
    }

    #[test]
    fn whole_seconds_are_narrowed_down_by_many_reads() {
        let reads = [read(10_000, 10_300, 1_000), read(10_000, 10_900, 1_000), read(11_000, 11_100, 1_000)];
        let offset = offset_of(&reads).unwrap();
        assert_eq!((offset.least, offset.most), (-120, 100));
    }

    #[test]
    fn a_jumping_clock_has_no_offset() {
        assert!(offset_of(&[read(10_000, 10_000, 1), read(90_000, 10_300, 1)]).is_none());
        assert!(offset_of(&[read(i64::MAX, 10_000, 1)]).is_none());
    }
}
