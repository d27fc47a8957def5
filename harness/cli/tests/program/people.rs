//! Questions to people: exported and answered in a file, or answered at the terminal, the verdicts are the same.

use std::io::Write as _;
use std::process::Stdio;

use crate::lab::{Lab, json, outcome, said, told};

const CHOSEN: [&str; 4] = ["--test", "documentation/monitoring", "--consent", "passive"];

/// A laboratory whose profile has no answers yet.
fn unanswered() -> Lab {
    let lab = Lab::start(&[]);
    let text = std::fs::read_to_string(lab.profile()).expect("a profile");
    let (head, rest) = text.split_once("answers = [").expect("answers");
    let rest = rest.split_once("]\n").expect("the end of the list").1;
    std::fs::write(lab.profile(), format!("{head}{rest}")).expect("a profile");
    lab
}

/// What is answered to the n-th question: one no among them.
fn answer(at: usize) -> (&'static str, String) {
    (if at == 2 { "no" } else { "yes" }, format!("observation {at}"))
}

/// Fills in a form of questions.
fn filled(form: &str) -> String {
    let form = form.replace("by = \"\"", "by = \"A. Tester\"").replace("of = \"\"", "of = \"Laboratory\"");
    let form = form.replace("\non = \"\"", "\non = \"2026-01-31\"").replace("until = \"\"", "until = \"2099-01-31\"");
    let mut parts = form.split("value = \"\"\nobservation = \"\"\n");
    let mut text = parts.next().expect("a head").to_owned();
    for (at, part) in parts.enumerate() {
        let (value, observation) = answer(at);
        text = text + "value = \"" + value + "\"\nobservation = \"" + &observation + "\"\n" + part;
    }
    text
}

#[test]
fn a_form_and_the_terminal_lead_to_the_same_verdicts() {
    let (on_paper, live) = (unanswered(), unanswered());
    let file = on_paper.folder.path().join("state/answers.toml");
    let file = file.to_str().expect("UTF-8");
    let (code, _, err) = outcome(&[&["questions", &on_paper.profile(), "--out", file], &CHOSEN[..]].concat());
    assert!(code == 0 && err.contains("9 questions are open"), "{code} {err}");
    std::fs::write(file, filled(&std::fs::read_to_string(file).expect("a form"))).expect("a form");
    let (_, _, err) = told(&on_paper.run(&[&["--answers", file], &CHOSEN[..]].concat()).output().expect("the program starts"));
    let by_file = said(&json(&on_paper.only_run().join("run.json")));
    assert!(by_file.values().any(|(verdict, reason)| verdict == "fail" && reason.contains("observation ")), "{by_file:?}\n{err}");

    let mut child = live.run(&[&["--ask"], &CHOSEN[..]].concat()).stdin(Stdio::piped()).spawn().expect("the program starts");
    let mut lines = "A. Tester\nLaboratory\n2026-01-31\n2099-01-31\n".to_owned();
    for at in 0..9 {
        let (value, observation) = answer(at);
        lines = lines + value + "\n" + &observation + "\n\n";
    }
    child.stdin.take().expect("a terminal").write_all(lines.as_bytes()).expect("somebody types");
    let (_, out, err) = told(&child.wait_with_output().expect("the program ends"));
    assert_eq!(said(&json(&live.only_run().join("run.json"))), by_file, "{out}{err}");

    // what was answered at the terminal serves as a file of answers for the next run
    let kept = live.only_run().join("answers.toml");
    let (code, _, err) = outcome(&["questions", &live.profile(), "--answers", kept.to_str().expect("UTF-8"), "--test", CHOSEN[1]]);
    assert!(code == 0 && err.contains("0 questions are open"), "{code} {err}");
}

#[test]
fn what_nobody_answers_is_not_run() {
    let lab = unanswered();
    let mut child = lab.run(&[&["--ask"], &CHOSEN[..]].concat()).stdin(Stdio::piped()).spawn().expect("the program starts");
    let lines = "A. Tester\nLaboratory\n2026-01-31\n2099-01-31\n";
    child.stdin.take().expect("a terminal").write_all(lines.as_bytes()).expect("somebody types");
    let (code, _, err) = told(&child.wait_with_output().expect("the program ends"));
    let said = said(&json(&lab.only_run().join("run.json")));
    assert!(code == 3 && said.values().all(|(verdict, _)| verdict == "not-run"), "{code} {said:?}\n{err}");
}

#[test]
fn mistakes_in_a_file_of_answers_are_shown_at_once() {
    let lab = unanswered();
    let file = lab.folder.path().join("answers.toml");
    let text = "schema = \"assay.answers/1\"\n[product]\nmanufacturer = \"Somebody\"\nmodel = \"DW-100\"\nversion = \"1.1.0\"\n\
        [[answer]]\nquestion = \"documentation/monitorin/attack\"\nvalue = \"yes\"\n";
    std::fs::write(&file, text).expect("answers");
    let (code, _, err) = told(&lab.run(&["--answers", file.to_str().expect("UTF-8")]).output().expect("the program starts"));
    assert_eq!(code, 2, "{err}");
    for part in ["about another product", "nothing says who answered", "did you mean `documentation/monitoring/attack`?", "3 problems"] {
        assert!(err.contains(part), "no `{part}` in {err}");
    }
}
