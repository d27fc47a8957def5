//! Ports as a profile lists them.

use std::ops::RangeInclusive;

/// The most numbers and ranges in one list.
const MAX_PARTS: usize = 256;

/// The ranges of a list such as `1-1024, 8080`, in its order.
///
/// # Errors
///
/// Says which part is neither a port from 1 to 65535 nor a range of them, upwards.
pub fn port_ranges(list: &str) -> Result<Vec<RangeInclusive<u16>>, String> {
    let parts: Vec<&str> = list.split(',').map(str::trim).collect();
    if parts.len() > MAX_PARTS {
        return Err(format!("use at most {MAX_PARTS} numbers and ranges"));
    }
    parts.into_iter().map(|part| range(part).ok_or_else(|| bad(part))).collect()
}

fn range(part: &str) -> Option<RangeInclusive<u16>> {
    let (low, high) = part.split_once('-').unwrap_or((part, part));
    let (low, high) = (port(low)?, port(high)?);
    (low <= high).then_some(low..=high)
}

fn port(text: &str) -> Option<u16> {
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten().filter(|port| *port > 0)
}

fn bad(part: &str) -> String {
    format!("{} is neither a port nor a range of ports", crate::form::words::quote(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read() {
        assert_eq!(port_ranges("1-1024, 8080"), Ok(vec![1..=1024, 8080..=8080]));
        for list in ["", "0", "1-", "-1", "9-1", "65536", "1,,2", "+80", "a"] {
            assert!(port_ranges(list).is_err(), "{list} was taken");
        }
    }
}
