//! The product's clock and how it writes time.

use std::time::Duration;

use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use crate::{Fault, world::Faults};

const FULL: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
const LOCAL: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
const COARSE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]Z");

/// The time now as the device writes it: RFC 3339 in UTC with milliseconds, if nothing is wrong.
pub(crate) fn stamp(faults: &Faults) -> String {
    stamp_ahead(faults, 0)
}

/// The same of a clock that is so many milliseconds ahead.
pub(crate) fn stamp_ahead(faults: &Faults, milliseconds: i64) -> String {
    let off = if faults.has(Fault::ClockOff) { Duration::from_hours(1) } else { Duration::ZERO };
    let ahead = time::Duration::milliseconds(milliseconds) + off;
    let format = if faults.has(Fault::ClockLocal) {
        LOCAL
    } else if faults.has(Fault::ClockCoarse) {
        COARSE
    } else {
        FULL
    };
    (OffsetDateTime::now_utc() + ahead).format(format).unwrap_or_default()
}

/// A moment some whole seconds from now (negative: ago), in RFC 3339.
pub(crate) fn from_now(seconds: i64) -> String {
    (OffsetDateTime::now_utc() + time::Duration::seconds(seconds)).format(FULL).unwrap_or_default()
}

/// Seconds since 1970.
pub(crate) fn unix() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

/// The time in 32 hexadecimal digits.
pub(crate) fn id() -> String {
    format!("{:032x}", OffsetDateTime::now_utc().unix_timestamp_nanos())
}
