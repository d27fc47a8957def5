//! The second look at a run: matrix, controls, filters, colours.

use assay_reports::html::render;

use crate::pages::assert_sound;
use crate::sample;

fn page() -> String {
    render(&sample::mixed()).expect("a page")
}

/// What stands between two marks.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    page.split_once(from).and_then(|(_, rest)| rest.split_once(to)).expect("both marks").0
}

#[test]
fn the_matrix_counts_determinations_and_leads_to_them() {
    let page = page();
    let row = between(&page, "Logical Access to Interfaces <span", "</tr>");
    let cells: Vec<_> = row.split("<td>").skip(1).collect();
    assert_eq!(cells.len(), 4, "the product and three components: {row}");
    for (cell, told) in cells.iter().zip(["1 not satisfied, 1 not determined, 1 not applicable", "1 satisfied", "1 not satisfied", "none"])
    {
        assert!(cell.contains(told), "{told} is not in {cell}");
    }
    assert!(cells[2].contains("href=\"#f4c2\"") && page.contains("id=\"f4c2\""), "{}", cells[2]);
    assert!(between(&page, "id=\"f4c2\"", "</p>").contains("Only Logical Access to Interfaces on hub."));
    let all = between(&page, "<tr class=\"all\">", "</tr>");
    assert!(all.contains("2 satisfied, 1 satisfied by alternative, 2 not satisfied, 3 not determined, 1 not assessed, 1 not applicable"));
}

#[test]
fn each_control_shows_the_requirements_that_support_it() {
    let mut run = sample::mixed();
    run.requirements[0].sp800_53 = vec!["AC-10".to_owned(), "AC-2(11)".to_owned(), "AC-2(3)".to_owned()];
    let page = render(&run).expect("a page");
    let section = between(&page, "<h2 id=\"controls\">", "<h2 ");
    let order: Vec<_> =
        ["AC-2(3)</th>", "AC-2(11)</th>", "AC-3</th>", "AC-10</th>", ">IA</th>", "IA-5</th>"].map(|id| section.find(id)).to_vec();
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?}");
    let control = between(section, "AC-2(3)</th>", "</tr>");
    assert!(control.contains("1 satisfied") && control.contains("href=\"#q1\">DI(IMS)"), "{control}");
    let control = between(section, "IA-5</th>", "</tr>");
    assert!(control.contains("1 satisfied, 1 satisfied by alternative, 2 not satisfied, 3 not determined"), "{control}");
}

#[test]
fn entries_carry_what_filters_pick() {
    let page = page();
    for entry in [
        "id=\"q5\" class=\"item c1 c2 f4 v-fail v-not-run v-pass\"",
        "id=\"q4\" class=\"item f3 v-none\"",
        "id=\"r2\" class=\"item c2 f2 f4 v-fail\"",
        "id=\"r9\" class=\"item c0 f7 v-pass\"",
    ] {
        assert!(page.contains(entry), "{entry}");
    }
    for rule in
        [".look .v-fail:checked", ".look .f4:checked, .only:target .f4", ".look .c2:checked", ".look .c0:checked", ".look .v-none:checked"]
    {
        assert!(page.contains(rule), "{rule}");
    }
    assert_eq!(page.matches("type=\"radio\"").count(), (1 + 7) + (1 + 7) + (1 + 4));
    assert_eq!(page.matches(" checked>").count(), 3, "nothing is filtered at first");
    assert!(page.contains("class=\"search\" hidden"), "the search shows only where its script runs");
}

#[test]
fn five_hundred_results_stay_a_small_page() {
    let mut run = sample::mixed();
    let few = run.results.clone();
    run.results = few.iter().cycle().take(500).cloned().collect();
    run.requirements[4].results = (0..500).collect();
    let page = render(&run).expect("a page");
    assert_sound(&page);
    assert_eq!(page.matches("<article ").count(), 500);
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
}

/// The relative luminance of a colour written as `#rrggbb` (WCAG 2.2, definition of relative luminance).
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn colours_can_be_told_from_what_they_stand_on() {
    let style = include_str!("../../templates/style.css");
    let themes: Vec<_> = style.split(":root {").skip(1).filter_map(|rest| rest.split('}').next()).collect();
    assert_eq!(themes.len(), 3, "light, dark, paper");
    for theme in themes {
        let colour = |name: &str| between(theme, &format!("--{name}: "), ";");
        let mut pairs = vec![("ink", "paper"), ("ink", "band"), ("soft", "paper"), ("soft", "band"), ("other", "paper"), ("other", "band")];
        for word in ["good", "other", "bad", "open", "none"] {
            pairs.push((word, "paper"));
        }
        let backs = ["good", "other", "bad", "open", "none"].map(|word| (word, format!("{word}-back")));
        pairs.extend(backs.iter().map(|(word, back)| (*word, back.as_str())));
        pairs.extend(backs.iter().map(|(_, back)| ("ink", back.as_str())));
        for (text, ground) in pairs {
            let ratio = contrast(colour(text), colour(ground));
            assert!(ratio >= 4.5, "{text} on {ground} is {ratio:.2} (WCAG 2.2, 1.4.3 asks for 4.5) in{theme}");
        }
    }
}
