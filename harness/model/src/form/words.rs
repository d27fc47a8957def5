//! Words for messages: quoting what a file says, and finding what was meant.

/// The longest word that a near spelling is sought for, in bytes.
const MAX_WORD: usize = 64;

/// The most candidates that are looked at.
const MAX_CANDIDATES: usize = 4096;

/// The most words that a help line lists.
const MAX_LISTED: usize = 24;

/// The text in backticks, on one line, cut to sixty characters.
pub(crate) fn quote(text: &str) -> String {
    let mut shown: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    format!("`{}`", shown.replace("\\'", "'").replace("\\\"", "\""))
}

/// The candidate spelled most like the word, if one is near enough to be what was meant.
pub fn near<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    if word.len() > MAX_WORD {
        return None;
    }
    let lower = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .iter()
        .take(MAX_CANDIDATES)
        .filter(|each| each.len() <= MAX_WORD && **each != word)
        .map(|each| (strsim::osa_distance(&lower, &each.to_lowercase()), *each))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, each)| each)
}

/// A help line: the near spelling if there is one, else what may stand here.
pub(crate) fn suggest(word: &str, candidates: &[&str]) -> String {
    if let Some(meant) = near(word, candidates) {
        return format!("did you mean {}?", quote(meant));
    }
    let listed: Vec<String> = candidates.iter().take(MAX_LISTED).map(|each| quote(each)).collect();
    match (listed.len(), candidates.len()) {
        (0, _) => "none is declared here".to_owned(),
        (shown, all) if shown < all => format!("use one of {}, and {} more", listed.join(", "), all - shown),
        (1, _) => format!("use {}", listed.join("")),
        _ => format!("use one of {}", listed.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_spellings_are_found() {
        assert_eq!(near("htps", &["http", "https", "mqtt"]), Some("https"));
        assert_eq!(near("HTTPS", &["http", "https"]), Some("https"));
        assert_eq!(near("amdin", &["viewer", "admin"]), Some("admin"));
        assert_eq!(near("x", &["viewer", "admin"]), None);
    }

    #[test]
    fn quoted_text_stays_on_one_line() {
        assert_eq!(quote("a\nb\u{1b}[31m"), "`a\\nb\\u{1b}[31m`");
        assert!(quote(&"x".repeat(1000)).chars().count() < 70);
    }
}
