//! Points in time as products write them.

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc2822;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

/// What can be read from a time stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    /// Milliseconds since the beginning of 1970; none where the year or the offset from UTC is not written.
    pub(crate) unix_ms: Option<i64>,
    /// The step in which it is written, in milliseconds.
    pub(crate) step_ms: u32,
    /// Whether it has a year.
    pub(crate) year: bool,
}

const SECOND: u32 = 1_000;
const MINUTE: u32 = 60_000;
/// The longest time stamp that is sought in a line, in bytes: a line may be made of what stamps are made of.
const LONGEST: usize = 64;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reads a time stamp: RFC 3339 and its near relatives, seconds or milliseconds since 1970, RFC 2822, or the form of
/// RFC 3164 without a year.
pub(crate) fn read(text: &str) -> Option<Stamp> {
    let text = text.trim();
    unix(text).or_else(|| calendar(text)).or_else(|| mail(text)).or_else(|| old(text))
}

/// The first time stamp in a line of text, as it stands there.
pub(crate) fn find(line: &str) -> Option<&str> {
    let starts = line.char_indices().filter(|(at, _)| *at == 0 || !line.as_bytes()[at - 1].is_ascii_alphanumeric());
    starts.map(|(at, _)| &line[at..]).find_map(|rest| {
        let full = rest.bytes().take(LONGEST).take_while(|byte| byte.is_ascii_digit() || b"-:.,+TZtz ".contains(byte)).count();
        let candidates = [rest.get(..full), rest.get(..15)];
        candidates.into_iter().flatten().map(str::trim_end).find(|text| calendar(text).or_else(|| old(text)).is_some())
    })
}

fn unix(text: &str) -> Option<Stamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.len() < 9 || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    let (unix_ms, step_ms) = match whole.len() {
        9..=11 => (number.checked_mul(1_000)?.checked_add(milliseconds(fraction))?, step(fraction)),
        12..=14 => (number, 1),
        _ => (number / 1_000, 1),
    };
    Some(Stamp { unix_ms: Some(unix_ms), step_ms, year: true })
}

/// `2026-01-31T10:20:30.123+01:00`, with a space for the T, a comma for the point, with fewer parts of the time, or
/// without the offset.
fn calendar(text: &str) -> Option<Stamp> {
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(year.parse().ok().filter(|_| year.len() == 4)?, month, day.parse().ok()?).ok()?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let end = rest.bytes().take_while(|byte| byte.is_ascii_digit() || b":.,".contains(byte)).count();
    let (clock, zone) = rest.split_at(end);
    let (hour_minute, seconds) = (clock.get(..5)?, clock.get(5..)?.strip_prefix(':'));
    let (hour, minute) = hour_minute.split_once(':')?;
    let (second, fraction) = seconds.map(|text| text.split_once(['.', ',']).unwrap_or((text, ""))).unwrap_or_default();
    if seconds.is_none() && clock.len() > 5 {
        return None;
    }
    let number = |text: &str| text.parse::<u8>().ok();
    let leap = |second: u8| second.min(59);
    let time = Time::from_hms(number(hour)?, number(minute)?, if second.is_empty() { 0 } else { leap(number(second)?) }).ok()?;
    let step_ms = if second.is_empty() { MINUTE } else { step(fraction) };
    let at = |offset| date.with_time(time).assume_offset(offset).unix_timestamp().checked_mul(1_000)?.checked_add(milliseconds(fraction));
    let unix_ms = match offset(zone.trim()) {
        Some(offset) => Some(at(offset)?),
        None if zone.trim().is_empty() => None,
        None => return None,
    };
    Some(Stamp { unix_ms, step_ms, year: true })
}

fn offset(zone: &str) -> Option<UtcOffset> {
    if matches!(zone, "Z" | "z" | "UTC" | "GMT") {
        return Some(UtcOffset::UTC);
    }
    let (sign, rest) = (zone.get(..1)?, zone.get(1..)?);
    let sign: i8 = match sign {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':').or_else(|| rest.split_at_checked(2))?;
    let minutes = if minutes.is_empty() { 0 } else { minutes.parse::<i8>().ok()? };
    UtcOffset::from_hms(sign.checked_mul(hours.parse().ok()?)?, sign.checked_mul(minutes)?, 0).ok()
}

fn mail(text: &str) -> Option<Stamp> {
    let time = OffsetDateTime::parse(&text.replace("GMT", "+0000"), &Rfc2822).ok()?;
    Some(Stamp { unix_ms: Some(time.unix_timestamp().checked_mul(1_000)?), step_ms: SECOND, year: true })
}

/// `Jan  2 03:04:05`.
fn old(text: &str) -> Option<Stamp> {
    let mut words = text.split_whitespace();
    let (month, day, clock) = (words.next()?, words.next()?, words.next()?);
    let known = MONTHS.contains(&month.to_ascii_lowercase().as_str());
    let numbers = clock.split(':').filter(|part| part.parse::<u8>().is_ok()).count();
    (known && day.parse::<u8>().is_ok() && numbers == 3).then_some(Stamp { unix_ms: None, step_ms: SECOND, year: false })
}

/// The step that so many digits behind the point stand for.
fn step(fraction: &str) -> u32 {
    match fraction.len() {
        0 => SECOND,
        1 => 100,
        2 => 10,
        _ => 1,
    }
}

fn milliseconds(fraction: &str) -> i64 {
    fraction.bytes().chain(*b"000").take(3).fold(0, |sum, byte| sum * 10 + i64::from(byte.wrapping_sub(b'0').min(9)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(unix_ms: i64, step_ms: u32) -> Stamp {
        Stamp { unix_ms: Some(unix_ms), step_ms, year: true }
    }

    #[test]
    fn forms_of_one_moment() {
        for text in ["2026-01-02T03:04:05Z", "2026-01-02 04:04:05+01:00", "2026-01-02T02:04:05-0100", "2026-01-02 03:04:05 UTC"] {
            assert_eq!(read(text), Some(full(1_767_323_045_000, 1_000)), "{text}");
        }
        assert_eq!(read("2026-01-02T03:04:05.25Z"), Some(full(1_767_323_045_250, 10)));
        assert_eq!(read("1767323045"), Some(full(1_767_323_045_000, 1_000)));
        assert_eq!(read("1767323045.250"), Some(full(1_767_323_045_250, 1)));
        assert_eq!(read("1767323045250"), Some(full(1_767_323_045_250, 1)));
        assert_eq!(read("Fri, 02 Jan 2026 03:04:05 GMT"), Some(full(1_767_323_045_000, 1_000)));
        assert_eq!(read("2026-01-02T03:04Z"), Some(full(1_767_323_040_000, 60_000)));
    }

    #[test]
    fn what_is_missing_is_told() {
        assert_eq!(read("2026-01-02 03:04:05"), Some(Stamp { unix_ms: None, step_ms: 1_000, year: true }));
        assert_eq!(read("Jan  2 03:04:05"), Some(Stamp { unix_ms: None, step_ms: 1_000, year: false }));
        for text in
            ["", "soon", "2026-13-02T03:04:05Z", "2026-01-02", "2026-01-02T25:00:00Z", "2026-01-02T03:04:05Mars", "é026-01-02T03:04Z"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn stamps_in_lines() {
        assert_eq!(find("[2026-01-02 03:04:05.001Z] login"), Some("2026-01-02 03:04:05.001Z"));
        assert_eq!(find("Jan  2 03:04:05 washer login"), Some("Jan  2 03:04:05"));
        assert_eq!(find("née 12 of 34"), None);
        // done at once, though a stamp may begin at every second byte
        assert_eq!(find(&"1-".repeat(200_000)), None);
    }
}
