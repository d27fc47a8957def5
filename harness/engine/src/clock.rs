//! The one wall clock of the harness.
#![allow(clippy::disallowed_methods, reason = "this module is the clock that the ban protects")]

use std::time::Instant;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Now, in UTC.
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Now, in seconds since 1970.
pub fn unix_now() -> i64 {
    now().unix_timestamp()
}

/// Now, in microseconds since 1970.
pub fn unix_now_micros() -> i128 {
    now().unix_timestamp_nanos() / 1000
}

/// Now, in UTC, as RFC 3339 with milliseconds.
pub(crate) fn now_text() -> String {
    let now = now();
    let short = now.replace_millisecond(now.millisecond()).unwrap_or(now);
    short.format(&Rfc3339).unwrap_or_default()
}

/// Whole seconds since a moment in RFC 3339; none when it cannot be read or lies ahead.
pub(crate) fn seconds_since(text: &str) -> u64 {
    let passed = OffsetDateTime::parse(text, &Rfc3339).map(|then| (now() - then).whole_seconds());
    passed.map_or(0, |seconds| u64::try_from(seconds).unwrap_or(0))
}

/// How far the wall clock may go apart from the machine's own time before it counts as set, in milliseconds.
const SET: u64 = 1000;

/// A start from which milliseconds are counted.
pub(crate) struct Stopwatch {
    start: Instant,
    wall: OffsetDateTime,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), wall: now() }
    }

    pub(crate) fn ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// By how many milliseconds the wall clock was set since the start, forward or back, if it was. A machine that slept
    /// looks the same.
    pub(crate) fn set_by(&self) -> Option<i64> {
        let apart = (now() - self.wall).whole_milliseconds() - i128::from(self.ms());
        i64::try_from(apart).ok().filter(|apart| apart.unsigned_abs() > SET)
    }
}
