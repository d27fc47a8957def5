//! The report in a real browser, opened from the file system. Without one these tests say so and pass; with
//! `ASSAY_DEMAND_REAL=1` they fail.

use std::path::{Path, PathBuf};
use std::process::Command;

use assay_reports::html::render;
use tempfile::TempDir;

use crate::{pages, sample};

/// What the browser says beside what was asked of it.
struct Seen {
    out: String,
    console: Vec<String>,
}

/// Runs a headless browser on a page; nothing where there is none.
fn browse(page: &str, fragment: &str, asked: &[&str]) -> Option<(Seen, TempDir)> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.html");
    std::fs::write(&file, page).expect("the page is written");
    let browser = found(&["chromium", "chromium-browser", "google-chrome"])?;
    let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
    let fixed = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=3000", &profile];
    let url = format!("file://{}{fragment}", file.display());
    let output = Command::new("timeout").arg("120").arg(browser).args(fixed).args(asked).arg(url).current_dir(folder.path()).output();
    let output = output.expect("the browser starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let console = errors.lines().filter(|line| line.contains(":CONSOLE")).map(str::to_owned).collect();
    Some((Seen { out: String::from_utf8_lossy(&output.stdout).into_owned(), console }, folder))
}

/// The first of these programs that is installed.
fn found(programs: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let found = programs.iter().flat_map(|program| folders.iter().map(move |folder| folder.join(program))).find(|file| file.is_file());
    let demanded = std::env::var("ASSAY_DEMAND_REAL").is_ok_and(|value| value == "1");
    assert!(found.is_some() || !demanded, "none of {programs:?} is installed");
    found
}

#[test]
fn the_page_opens_from_the_file_system_without_complaint() {
    for text in ["calm", "</script><script>alert(1)</script>"] {
        let page = render(&sample::filled_with(text)).expect("a page");
        let Some((seen, _)) = browse(&page, "", &["--dump-dom"]) else { return };
        assert_eq!(seen.console, Vec::<String>::new());
        assert!(page.contains("class=\"search\" hidden") && seen.out.contains("<label class=\"search\">"), "the script did not run");
    }
}

/// Picks, and tells how many requirements and results can be seen; each line names what was picked.
const PROBE: &str = r#"addEventListener("load", () => {
const seen = (kind) => [...document.querySelectorAll(kind + ".item")].filter((item) => item.getClientRects().length).length;
const lines = [];
const tell = (what) => lines.push(`${what}: ${seen("tr")} ${seen("article")}`);
const look = document.querySelector("form.look"), field = look.querySelector("[type=search]");
const search = (words) => { field.value = words; field.dispatchEvent(new Event("input")); };
tell("opened at " + location.hash);
location.hash = "requirements"; tell("all");
for (const pick of ["v-fail", "v-none", "f4", "c2", "c0"]) {
  look.querySelector("input." + pick).checked = true; tell(pick); look.reset();
}
look.querySelector("input.v-fail").checked = true; location.hash = "r1"; tell("v-fail, and a link to R1");
look.reset(); location.hash = "requirements";
search("LOCKOUT hub"); tell("search"); search(""); tell("no words");
document.body.replaceChildren(Object.assign(document.createElement("pre"), { textContent: lines.join("\n") }));
});"#;

#[test]
fn filters_and_search_hide_what_they_should() {
    let page = render(&sample::mixed()).expect("a page");
    let source = format!("script-src {} ", pages::script_source(PROBE));
    let page = page.replacen("script-src ", &source, 1).replacen("</body>", &format!("<script>{PROBE}</script></body>"), 1);
    let Some((seen, _)) = browse(&page, "#f4c2", &["--dump-dom", "--window-size=1200,900"]) else { return };
    let lines = seen.out.split_once("<pre>").and_then(|(_, rest)| rest.split_once("</pre>")).expect("what the probe tells").0;
    let wanted = [
        "opened at #f4c2: 2 2",
        "all: 10 9",
        "v-fail: 2 1",
        "v-none: 2 0",
        "f4: 3 3",
        "c2: 3 2",
        "c0: 1 1",
        "v-fail, and a link to R1: 2 2",
        "search: 0 1",
        "no words: 10 9",
    ];
    assert_eq!(lines.lines().collect::<Vec<_>>(), wanted, "{:?}", seen.console);
}

#[test]
fn on_paper_each_page_has_its_number() {
    let page = render(&sample::mixed()).expect("a page");
    let Some((_, folder)) = browse(&page, "", &["--print-to-pdf=report.pdf", "--no-pdf-header-footer"]) else { return };
    let Some(text) = text_of(&folder.path().join("report.pdf")) else { return };
    let sheets: Vec<_> = text.split('\u{c}').filter(|sheet| !sheet.trim().is_empty()).collect();
    assert!((4..20).contains(&sheets.len()), "{} pages", sheets.len());
    for (at, sheet) in sheets.iter().enumerate() {
        assert!(sheet.contains(&format!("page {} of {}", at + 1, sheets.len())), "page {} of {}: {sheet}", at + 1, sheets.len());
        assert!(sheet.contains("Working report 2026-11-21T10-14-05Z-dw100"), "{sheet}");
    }
}

fn text_of(pdf: &Path) -> Option<String> {
    let reader = found(&["pdftotext"])?;
    let output = Command::new(reader).args(["-layout"]).arg(pdf).arg("-").output().expect("the reader starts");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}
