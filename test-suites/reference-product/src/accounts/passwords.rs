//! Which passwords may be chosen, after SP 800-63B-4 section 3.1.1.2.

use crate::{Fault, world::Faults};

/// The fewest and the most characters of a password that somebody chooses.
const SHORTEST: usize = 15;
const LONGEST: usize = 128;
/// How much of a password the faulty product looks at.
const CUT: usize = 15;
/// What passwords of that length are made of when people choose badly.
const BAD: [&str; 9] = ["password", "123456", "qwerty", "iloveyou", "abcdef", "letmein", "welcome", "1q2w3e", "111111"];

/// Whether somebody with this name may choose this password.
pub(super) fn may_be_chosen(password: &str, user: &str, faults: &Faults) -> Result<(), &'static str> {
    let length = password.chars().count();
    let shortest = if faults.has(Fault::ShortPasswords) { 4 } else { SHORTEST };
    let longest = if faults.has(Fault::PasswordCapped) { 32 } else { LONGEST };
    if length < shortest || length > longest {
        return Err("the password is too short or too long");
    }
    if faults.has(Fault::PasswordComposition) && !password.chars().any(|sign| "!$%&/?".contains(sign)) {
        return Err("the password lacks a special character");
    }
    let lower = password.to_lowercase();
    let context = [user.to_lowercase(), "dishwasher".to_owned(), "dw-100".to_owned()];
    let common = BAD.iter().any(|bad| lower.starts_with(bad)) && !faults.has(Fault::CommonPasswords);
    if common || context.iter().any(|word| !word.is_empty() && lower.contains(word.as_str())) {
        return Err("the password is too easy to guess");
    }
    Ok(())
}

/// The part of a password that the product looks at: all of it, unless it is faulty.
pub(super) fn looked_at<'a>(password: &'a str, faults: &Faults) -> &'a str {
    let end = password.char_indices().nth(CUT).map(|(at, _)| at).filter(|_| faults.has(Fault::PasswordTruncated));
    end.and_then(|end| password.get(..end)).unwrap_or(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_uncommon_ones_may_be_chosen() {
        let good = Faults::default();
        assert!(may_be_chosen("correct horse battery", "bob", &good).is_ok());
        assert!(may_be_chosen(&"ä".repeat(64), "bob", &good).is_ok());
        for bad in ["fourteen signs", "passwordpassword", "Dishwasher in the kitchen", "bob is my name here", &"x".repeat(129)] {
            assert!(may_be_chosen(bad, "bob", &good).is_err(), "{bad}");
        }
        let short = Faults::new([Fault::ShortPasswords].into());
        assert!(may_be_chosen("four", "bob", &short).is_ok());
    }

    #[test]
    fn all_of_a_password_counts_unless_it_is_truncated() {
        let cut = Faults::new([Fault::PasswordTruncated].into());
        assert_eq!(looked_at("0123456789abcdefgh", &Faults::default()), "0123456789abcdefgh");
        assert_eq!(looked_at("0123456789abcdefgh", &cut), "0123456789abcde");
    }
}
