//! Reading a log: its records, and the parts of each.

use assay_model::profile::{LogChannel, LogFields, LogFormat};
use assay_probes::syslog;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::stamp;

/// Records looked at of one reading; the last ones where there are more.
const MOST: usize = 20_000;
/// Characters kept of one record.
const LONGEST: usize = 4_096;

/// One record of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// As it stands in the log.
    pub(super) raw: String,
    pub(super) time: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) place: Option<String>,
    pub(super) source: Option<String>,
    pub(super) outcome: Option<String>,
    pub(super) identity: Option<String>,
}

impl Record {
    /// The part of this name, as a policy calls it.
    pub(super) fn part(&self, name: &str) -> Option<&str> {
        let part = match name {
            "time" => &self.time,
            "type" => &self.kind,
            "place" => &self.place,
            "source" => &self.source,
            "outcome" => &self.outcome,
            "identity" => &self.identity,
            _ => &None,
        };
        part.as_deref().map(str::trim).filter(|text| !text.is_empty() && *text != "-")
    }
}

/// The records of a log.
pub(super) fn records(text: &str, channel: &LogChannel) -> Vec<Record> {
    match channel.format {
        LogFormat::JsonLines => {
            last(text.lines()).map(|line| of_json(line, &serde_json::from_str(line).unwrap_or_default(), &channel.fields)).collect()
        }
        LogFormat::Json => of_array(text, &channel.fields),
        LogFormat::Syslog => last(text.lines()).map(of_syslog).collect(),
        LogFormat::Text => last(text.lines()).map(of_text).collect(),
    }
}

fn last<'t>(lines: impl DoubleEndedIterator<Item = &'t str>) -> impl Iterator<Item = &'t str> {
    lines.rev().filter(|line| !line.trim().is_empty()).take(MOST)
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

fn of_json(raw: &str, record: &Value, fields: &LogFields) -> Record {
    let at = |pointer: &Option<String>| match record.pointer(pointer.as_deref()?)? {
        Value::Null => None,
        Value::String(text) => Some(cut(text)),
        other => Some(cut(&other.to_string())),
    };
    Record {
        raw: cut(raw),
        time: at(&fields.time),
        kind: at(&fields.kind),
        place: at(&fields.place),
        source: at(&fields.source),
        outcome: at(&fields.outcome),
        identity: at(&fields.identity),
    }
}

/// An array of records, or an object with one array in it.
fn of_array(text: &str, fields: &LogFields) -> Vec<Record> {
    let list = match serde_json::from_str(text) {
        Ok(Value::Array(list)) => list,
        Ok(Value::Object(object)) => {
            object.into_iter().find_map(|(_, value)| if let Value::Array(list) = value { Some(list) } else { None }).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    list.iter().rev().take(MOST).map(|record| of_json(&record.to_string(), record, fields)).collect()
}

fn of_syslog(line: &str) -> Record {
    let message = syslog::parse(line.as_bytes());
    let time = message.time.or_else(|| stamp::find(line).map(str::to_owned));
    Record { raw: cut(line), time, kind: message.message_id.or(message.app), place: message.host, ..Record::default() }
}

fn of_text(line: &str) -> Record {
    Record { raw: cut(line), time: stamp::find(line).map(str::to_owned), ..Record::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(format: LogFormat) -> LogChannel {
        let pointer = |text: &str| Some(text.to_owned());
        let fields = LogFields { time: pointer("/t"), kind: pointer("/e/k"), identity: pointer("/who"), ..LogFields::default() };
        LogChannel { interface: String::new(), operation: String::new(), format, fields, delay_seconds: None, capacity: None }
    }

    #[test]
    fn one_record_in_four_formats() {
        let line = r#"{"t":17,"e":{"k":"login"},"who":"-"}"#;
        for (format, text) in [(LogFormat::JsonLines, format!("not json\n{line}\n\n")), (LogFormat::Json, format!("{{\"log\":[{line}]}}"))]
        {
            let records = records(&text, &channel(format));
            assert_eq!((records[0].part("time"), records[0].part("type"), records[0].part("identity")), (Some("17"), Some("login"), None));
        }
        let syslog = records("<86>1 2026-01-02T03:04:05Z washer app - LOGIN - user admin", &channel(LogFormat::Syslog));
        assert_eq!((syslog[0].part("type"), syslog[0].part("place")), (Some("LOGIN"), Some("washer")));
        let text = records("2026-01-02 03:04:05 admin logged in", &channel(LogFormat::Text));
        assert_eq!(text[0].part("time"), Some("2026-01-02 03:04:05"));
        assert!(records("[1,", &channel(LogFormat::Json)).is_empty());
    }
}
