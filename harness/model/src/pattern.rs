//! Regular expressions of profiles, bounded in size.

use regex::{Regex, RegexBuilder};

/// The longest pattern that is taken, in bytes.
pub const MAX_BYTES: usize = 512;

/// The largest compiled pattern that is taken, in bytes.
const MAX_COMPILED: usize = 1 << 20;

/// Whether the pattern matches the whole text, in time linear in the length of both.
///
/// # Errors
///
/// Says what is wrong with the pattern: too long, not a regular expression, or too large when compiled.
pub fn matches_whole(pattern: &str, text: &str) -> Result<bool, String> {
    if pattern.len() > MAX_BYTES {
        return Err(format!("use at most {MAX_BYTES} bytes"));
    }
    compile(pattern)?; // alone first: `a)|(b` is whole only inside the brackets
    Ok(compile(&format!(r"\A(?:{pattern})\z"))?.is_match(text))
}

fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).size_limit(MAX_COMPILED).build().map_err(|error| {
        let text = error.to_string();
        let last = text.lines().next_back().unwrap_or_default();
        last.strip_prefix("error: ").unwrap_or(last).to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_is_matched() {
        assert_eq!(matches_whole("DW-[0-9]{4}", "DW-0001"), Ok(true));
        assert_eq!(matches_whole("DW-[0-9]{4}", "xDW-0001"), Ok(false));
        assert_eq!(matches_whole("a|ab", "ab"), Ok(true));
        assert_eq!(matches_whole("a|b", "ax"), Ok(false));
        assert_eq!(matches_whole("a", "a\n"), Ok(false));
    }

    #[test]
    fn bad_patterns_are_named() {
        for pattern in ["a)|(b", "[", "(", "x{5000}{5000}", &"a".repeat(MAX_BYTES + 1)] {
            assert!(matches_whole(pattern, "a").is_err(), "{pattern} was taken");
        }
    }
}
