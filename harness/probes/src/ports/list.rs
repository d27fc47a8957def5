//! Lists of ports as they stand in a profile.

use std::collections::BTreeSet;

/// Reads numbers and ranges such as `1-1024, 8080` into ports, ascending, each once.
///
/// # Errors
/// Which part is no port or range, and what would be one.
pub fn parse_ports(text: &str) -> Result<Vec<u16>, String> {
    let mut ports = BTreeSet::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (number(first, part)?, number(last, part)?);
        if first > last {
            return Err(format!("`{part}` runs backwards: write `{last}-{first}`"));
        }
        ports.extend(first..=last);
    }
    if ports.is_empty() {
        return Err("no port is named: write numbers and ranges, such as `1-1024, 8080`".to_owned());
    }
    Ok(ports.into_iter().collect())
}

fn number(text: &str, part: &str) -> Result<u16, String> {
    text.trim()
        .parse()
        .ok()
        .filter(|port| *port != 0)
        .ok_or_else(|| format!("`{part}` is no port or range: write numbers from 1 to 65535, such as `1-1024, 8080`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges() {
        assert_eq!(parse_ports("8080, 1-3,2").unwrap(), [1, 2, 3, 8080]);
        assert_eq!(parse_ports("1-65535").unwrap().len(), 65_535);
        for bad in ["", "0", "3-1", "70000", "a", "1-", "-5"] {
            assert!(parse_ports(bad).is_err(), "{bad}");
        }
    }
}
