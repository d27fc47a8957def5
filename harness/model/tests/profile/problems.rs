//! Every mistake in a profile is shown, at its line and column.

use crate::good::{GOOD, place, problems};
use assay_model::form::{Problems, Spans};
use assay_model::profile::{AllThere, FilesAt, Known, Profile, read};

#[test]
fn a_good_profile_reads() {
    let profile = read("good.toml", GOOD, &Known::NOTHING).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(profile.components.len(), 1);
}

#[test]
fn the_reference_products_profile_reads() {
    let text = include_str!("../../../../device-profiles/reference-product.toml");
    read("reference-product.toml", text, &Known::NOTHING).unwrap_or_else(|problems| panic!("{problems}"));
}

/// Ten mistakes of form and of meaning in one file, each with the text it stands at and a part of its message.
const TEN: [(&str, &str, &str, &str); 10] = [
    ("assay.profile/1", "assay.profile/9", "\"assay.profile/9\"", "no profile that can be read"),
    ("manufacturer = ", "maker = ", "maker", "`maker` is no key"),
    ("key = [\"LA(AUN)\"]", "key = [\"LA-AUN\"]", "\"LA-AUN\"", "no requirement id"),
    ("connections = 4", "connections = 0", "0\nanswer", "out of range: give 1 to 256"),
    ("role = \"admin\"", "role = \"amdin\"", "\"amdin\"", "no role `amdin`"),
    ("address = \"127.0.0.1\"", "address = \"https://x\"", "\"https://x\"", "neither an IP address nor a host name"),
    ("speaks = \"https\"", "speaks = \"htps\"", "\"htps\"", "no word for `speaks`"),
    ("port = 8443", "port = \"8443\"", "\"8443\"", "must be an integer, not a string"),
    ("check = \"status\"", "check = \"statsu\"", "\"statsu\"", "no operation `statsu` on this interface"),
    ("read_back = { operation = \"get\" }\n", "", "[[component.interface.operation]] # set", "`read_back` is missing"),
];

fn ten() -> String {
    TEN.iter().fold(GOOD.to_owned(), |text, (from, to, ..)| {
        assert!(text.contains(from), "{from} is not in the profile");
        text.replacen(from, to, 1)
    })
}

#[test]
fn ten_mistakes_are_shown_at_once_each_at_its_place() {
    let text = ten();
    let found = problems(&text);
    let lines = found.lines();
    for (.., at, message) in TEN {
        let (line, column) = place(&text, at);
        let shown = lines.iter().any(|found| (found.0, found.1) == (line, column) && found.2.contains(message));
        assert!(shown, "{line}:{column} {message}\n{found}");
    }
    // `maker` is near no key, so the missing one is told as well
    assert_eq!(lines.len(), TEN.len() + 1, "{found}");
}

#[test]
fn rendered_problems_are_counted_and_pointed_at() {
    let text = ten();
    let shown = problems(&text).render(false);
    assert!(shown.contains("did you mean `https`?"), "{shown}");
    assert!(shown.ends_with("bad.toml: 11 problems\n"), "{shown}");
    let (line, column) = place(&text, "\"amdin\"");
    assert!(shown.contains(&format!("bad.toml:{line}:{column}")), "{shown}");
    assert!(shown.contains("^^^^^^^"), "{shown}");
    assert!(problems(&text).render(true).contains("\u{1b}["));
}

#[test]
fn a_mistake_of_syntax_hides_no_other() {
    let text = ten().replacen("name = \"Lamp\"", "name = = \"Lamp\"", 1);
    let found = problems(&text);
    let (line, _) = place(&text, "name = = ");
    assert_eq!(found.lines().iter().filter(|problem| problem.0 == line).count(), 1, "{found}");
    assert_eq!(found.lines().len(), TEN.len() + 1, "{found}");
}

#[test]
fn a_near_key_is_not_told_as_missing_too() {
    let text = GOOD.replacen("manufacturer = ", "manufacturr = ", 1);
    assert_eq!(problems(&text).lines().len(), 1);
}

struct NothingThere;

impl FilesAt for NothingThere {
    fn has_file(&self, _: &str) -> bool {
        false
    }
    fn has_variable(&self, _: &str) -> bool {
        false
    }
}

#[test]
fn files_variables_ids_and_baselines_are_looked_for() {
    let requirements = ["LA(AUN)".parse().expect("an id")];
    let known = Known { files: &AllThere, requirements: &requirements, baselines: &["core"] };
    assert!(read("good.toml", GOOD, &known).is_ok());
    let known = Known { files: &NothingThere, requirements: &requirements, baselines: &["network"] };
    let text = GOOD.replacen("[\"LA(AUN)\"]", "[\"LA(AUM)\"]", 1);
    let found = read("bad.toml", &text, &known).expect_err("nothing is there");
    let said: Vec<&str> = found.lines().into_iter().map(|line| line.2).collect();
    let expected = ["no baseline `core`", "`LA(AUM)` is not in the catalog", "`LAMP_PASSWORD` is not set", "no file `ca.pem`"];
    assert_eq!(said.len(), expected.len(), "{found}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn places_are_found_by_path() {
    let spans = Spans::of(GOOD);
    assert_eq!(&GOOD[spans.at("component.0.interface.0.port")], "8443");
    assert_eq!(&GOOD[spans.at("component.0.interface.0.topics.own")], "[[component.interface]]");
    assert_eq!(spans.at("nothing.at.all"), 0..0);
}

#[test]
fn an_endless_profile_is_refused() {
    let text = "a = 1\n".repeat(1 << 18);
    let result: Result<Profile, Problems> = read("long.toml", &text, &Known::NOTHING);
    assert!(result.is_err_and(|problems| problems.lines().len() == 1));
}
