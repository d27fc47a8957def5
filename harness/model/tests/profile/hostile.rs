//! No text makes the reader of profiles panic.

use assay_model::form::Spans;
use assay_model::profile::{Known, read};
use proptest::prelude::*;

fn look_at(text: &str) {
    if let Err(problems) = read("any.toml", text, &Known::NOTHING) {
        let lines = problems.lines().len();
        assert!(lines > 0 && problems.render(true).contains(&format!("{lines} problem")));
    }
    let _ = Spans::of(text).at("component.0.id");
}

#[test]
fn odd_texts_are_read() {
    let deep_keys = "a.".repeat(40_000) + "a = 1";
    let deep_header = format!("[{}a]\nb = 1", "a.".repeat(40_000));
    let deep_array = format!("schema = {}", "[".repeat(40_000));
    let both = format!("[{}a]\n{}a = {}1{}", "a.".repeat(79), "a.".repeat(79), "[".repeat(79), "]".repeat(79));
    let many = "x = 1\n".repeat(5_000);
    for text in
        ["", "\u{feff}schema = 1", "\r\n\r", "component = []", "a = \"\\u{110000}\"", &deep_keys, &deep_header, &deep_array, &both, &many]
    {
        look_at(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        look_at(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_mutation(cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..12, ".{0,3}"), 1..6)) {
        let mut characters: Vec<char> = crate::good::GOOD.chars().collect();
        for (at, length, new) in cuts {
            let from = at.index(characters.len());
            let to = (from + length).min(characters.len());
            characters.splice(from..to, new.chars());
        }
        look_at(&characters.into_iter().collect::<String>());
    }

    #[test]
    fn any_words_of_the_format(words in proptest::collection::vec(prop::sample::select(vec![
        "[", "]", "[[", "]]", "{", "}", "=", ",", "\n", "\"", "'", "\"\"\"", "component", "interface", "id", ".", "1", "é", "\t", "true", "#",
    ]), 0..60)) {
        look_at(&words.concat());
    }
}
