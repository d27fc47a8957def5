//! Does each record say what happened, when, where, from where, how it ended, and who did it?

use std::net::{IpAddr, SocketAddr};

use assay_engine::{Bench, Finding, Outcome, Seen, Stop, Test};
use assay_model::profile::{LogChannel, LogFormat};
use assay_model::safety::{Method, Safety};

use super::log::Record;
use super::stimuli::{Act, tells_failure, tells_success};
use super::watch::{Event, Watched, watch};

pub(super) const TEST: Test = Test {
    id: "awareness/record-content",
    title: "Does each record say what happened, when, where, from where, how it ended, and who did it?",
    shows: &["CS(RDL).2.a", "CS(RDL).2.b", "CS(RDL).2.c", "CS(RDL).2.d", "CS(RDL).2.e", "CS(RDL).2.f"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.log.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-3"],
    limits: "whether what the parts say is right, and records of other events",
};

async fn run(bench: Bench) -> Outcome {
    let channel = bench.component()?.log.ok_or_else(|| Stop::missing("add `log` to the component in the profile"))?;
    let (watched, seen) = watch(&bench).await?;
    let parts = bench.policy().awareness.record_parts.clone();
    let finding = |reason: String| Finding {
        reason,
        expected: parts.value.join(", "),
        observed: watched
            .found()
            .map(|(event, record)| format!("{}: {}", event.act.words(), present(&parts.value, record)))
            .collect::<Vec<_>>()
            .join("; "),
        source: parts.source.clone(),
    };
    let is_json = matches!(channel.format, LogFormat::JsonLines | LogFormat::Json);
    if let Some(part) = parts.value.iter().find(|part| is_json && pointer(&channel, part).is_none()) {
        return seen
            .inconclusive(finding(format!("where the {part} of a record stands is not declared: set log.fields.{part} in the profile")));
    }
    let lacks = |record: &Record, part: &str| record.part(part).is_none() && (is_json || !found_in_text(record, part, &watched.user));
    let lacking = watched.found().find_map(|(event, record)| Some((event, parts.value.iter().find(|part| lacks(record, part))?)));
    if let Some((event, part)) = lacking {
        let what = format!("the record of {} does not say {}", event.act.words(), in_words(part));
        return if is_json {
            seen.fail(finding(format!("{what}: add it to the record")))
        } else {
            seen.inconclusive(finding(format!("{what}, as far as that can be told from its text")))
        };
    }
    judge_control(&watched, seen, finding)
}

/// The control: the records are read well enough to tell a wrong log-in from a right one.
fn judge_control(watched: &Watched, seen: Seen, finding: impl Fn(String) -> Finding) -> Outcome {
    let of = |act: Act| watched.found().find(|(event, _): &(&Event, _)| event.act == act).map(|(_, record)| record);
    let (Some(bad), Some(good)) = (of(Act::BadLogin), of(Act::GoodLogin)) else {
        return seen.inconclusive(finding("the records of a right and a wrong log-in are not both there to compare".to_owned()));
    };
    match (bad.part("outcome"), good.part("outcome")) {
        (Some(bad), Some(good)) if bad == good => {
            seen.fail(finding(format!("a right and a wrong log-in both ended as `{good}`: record the outcome as it was")))
        }
        (Some(bad), Some(good)) => {
            let control =
                seen.control(format!("the parts follow the events: the wrong log-in ended as `{bad}`, the right one as `{good}`"));
            seen.pass(control, finding("every record has all parts".to_owned()))
        }
        _ if tells_failure(bad) && !tells_failure(good) => {
            let control =
                seen.control("the texts follow the events: that of the wrong log-in tells of a failure, that of the right one does not");
            seen.pass(control, finding("every record has all parts".to_owned()))
        }
        _ => seen.inconclusive(finding("the records of a right and a wrong log-in cannot be told apart".to_owned())),
    }
}

/// Where this part stands, by the profile.
fn pointer<'c>(channel: &'c LogChannel, part: &str) -> Option<&'c str> {
    let fields = &channel.fields;
    let pointer = match part {
        "time" => &fields.time,
        "type" => &fields.kind,
        "place" => &fields.place,
        "source" => &fields.source,
        "outcome" => &fields.outcome,
        _ => &fields.identity,
    };
    pointer.as_deref()
}

/// Whether the words of a free text hold this part.
fn found_in_text(record: &Record, part: &str, user: &str) -> bool {
    let is_address = |word: &str| word.parse::<IpAddr>().is_ok() || word.parse::<SocketAddr>().is_ok();
    match part {
        // a record is found by the kind of event that its words tell
        "type" => true,
        "source" => record.raw.split(|c: char| c.is_whitespace() || "=,;()[]\"'".contains(c)).any(is_address),
        "outcome" => tells_failure(record) || tells_success(record),
        "identity" => !user.is_empty() && record.raw.contains(user),
        _ => false,
    }
}

fn in_words(part: &str) -> &str {
    match part {
        "time" => "when it happened (time)",
        "type" => "what kind of event it was (type)",
        "place" => "where it happened (place)",
        "source" => "from where it came (source)",
        "outcome" => "how it ended (outcome)",
        "identity" => "who did it (identity)",
        other => other,
    }
}

fn present(parts: &[String], record: &Record) -> String {
    parts.iter().filter(|part| record.part(part).is_some()).map(String::as_str).collect::<Vec<_>>().join(", ")
}
