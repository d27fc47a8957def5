//! Lists of ports as they stand in a profile.

use std::collections::BTreeSet;

use assay_model::profile::port_ranges;

/// Reads numbers and ranges such as `1-1024, 8080` into ports, ascending, each once.
///
/// # Errors
/// Which part is no port or range.
pub fn parse_ports(text: &str) -> Result<Vec<u16>, String> {
    let ports: BTreeSet<u16> = port_ranges(text)?.into_iter().flatten().collect();
    Ok(ports.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges() {
        assert_eq!(parse_ports("8080, 1-3,2").unwrap(), [1, 2, 3, 8080]);
        assert_eq!(parse_ports("1-65535").unwrap().len(), 65_535);
        assert!(parse_ports("3-1").is_err());
    }
}
