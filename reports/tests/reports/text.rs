//! The summary for the command line.

use assay_reports::text::render;

use crate::pages::HOSTILE;
use crate::sample;

#[test]
fn the_summary_says_what_failed_and_what_would_settle_the_rest() {
    let text = render(&sample::mixed(), 140);
    let expected = [
        "Connected dishwasher DW-100 1.1.0 (Example Appliances)\nThe product does not conform: Of 10 requirements",
        "\nresults: pass 4, fail 1, inconclusive 1, not applicable 1, not run 1, error 1\n",
        "\nrequirements: satisfied 2, satisfied by alternative 1, not satisfied 2, not determined 3, not assessed 1, not applicable 1\n",
        "\nfailed\n  access/default-credentials on hub web, for LA(AUN) DC(AUN)\n    the hub let in the account admin with the password admin\n",
        "\n  access/lockout on hub web, for LA(AUN).5 (not run)\n    needs consent `disruptive`; run again with --consent disruptive\n",
        "\nrequirements that no result rules on\n  DP(STO) (not assessed)\n    no test looks at storage from outside; supply the design document\n",
        "\nremarks\n  the hub did not answer",
    ];
    for part in expected {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
}

#[test]
fn a_conforming_run_has_no_open_ends() {
    let text = render(&sample::conforming(), 100);
    assert!(text.contains("The product conforms"));
    assert!(["failed", "open", "requirements that"].iter().all(|title| !text.contains(&format!("\n{title}"))), "{text}");
}

#[test]
fn no_line_is_wider_than_asked() {
    let mut run = sample::mixed();
    run.results[1].reason = format!("{} {}", "word ".repeat(50), "ä".repeat(300));
    run.product.name = "n".repeat(500);
    for width in [0, 40, 41, 79, 200] {
        let text = render(&run, width);
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(width.max(40)), "{widest:?} of {width}");
        assert!(text.lines().all(|line| line == line.trim_end()), "a line ends with spaces");
    }
    assert_eq!(render(&run, 80).matches('ä').count(), 400 - 251, "cut at 400 characters, none lost before");
}

#[test]
fn product_text_cannot_reach_the_terminal() {
    let calm = render(&sample::filled_with("x"), 500).lines().count();
    for text in HOSTILE.into_iter().chain(["a\nThe product conforms\r"]) {
        let text = render(&sample::filled_with(text), 500);
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        assert!(!text.contains(['\u{202e}', '\u{2066}', '\u{200b}']), "{text:?}");
        assert!(!text.lines().any(|line| line.trim() == "The product conforms"));
        assert!(text.lines().count() <= calm + 10, "lines were added: {text}");
    }
}
