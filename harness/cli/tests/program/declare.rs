//! From a run to a declaration that a stranger can check, and to a spot check of a unit that went bad.

use std::path::{Path, PathBuf};

use crate::lab::{Lab, json, only_run, outcome};
use crate::secrets::{no_secret_is_told, no_secret_stands_in};

const CHOSEN: &str = "[\"DI(IMS)\", \"LA(AUN)\", \"DO(DSC)\", \"DP(CRY)\"]";

/// A laboratory whose product is held against a few requirements.
fn lab(faults: &[&str]) -> Lab {
    let lab = Lab::start(faults);
    let path = lab.profile();
    let text = std::fs::read_to_string(&path).expect("a profile");
    let text = text
        .replace("use = \"catalog\"", &format!("requirements = {CHOSEN}"))
        .replace("key = [\"LA(AUN)\", \"SU(UPD)\"]", "key = [\"LA(AUN)\"]");
    assert!(text.contains(CHOSEN) && text.contains("key = [\"LA(AUN)\"]"));
    std::fs::write(path, text).expect("a profile");
    lab
}

struct Desk {
    folder: PathBuf,
}

impl Desk {
    /// Keys of three people, and an issuer's file.
    fn at(folder: &Path) -> Self {
        let desk = Self { folder: folder.to_owned() };
        for (file, name) in [("ada", "Ada Tester"), ("rita", "Rita Reviewer"), ("sam", "Sam Signer")] {
            let (code, out, err) = outcome(&["keygen", "--name", name, "--function", "of the house", "--out", &desk.path(file)]);
            assert_eq!(code, 0, "{out}{err}");
        }
        std::fs::write(desk.path("issuer.toml"), ISSUER).expect("an issuer's file");
        desk
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn declare(&self, run: &str, more: &[&str]) -> (i32, String, String) {
        let (issuer, key, out) = (self.path("issuer.toml"), self.path("sam.key"), self.path("declarations"));
        outcome(&[&["declare", run, "--issuer", &issuer, "--key", &key, "--out", &out], more].concat())
    }
}

const ISSUER: &str = r#"schema = "assay.issuer/1"
number = "D-2026-7"
name = "Example Appliances"
address = "1 Sample Street, Sampletown"
place = "Sampletown"
date = "2099-01-01"
limitations = ["none"]
documentation = "from the issuer"
retention = "ten years after the last delivery"
[signatory]
name = "Sam Signer"
function = "head of product"
[reviewer]
name = "Rita Reviewer"
function = "quality"
"#;

/// The issuer's file, with today as day of issue.
fn dated(desk: &Desk, run: &Path) {
    let today = json(&run.join("run.json"))["finished"].as_str().expect("a time")[..10].to_owned();
    std::fs::write(desk.path("issuer.toml"), ISSUER.replace("2099-01-01", &today)).expect("an issuer's file");
}

#[test]
fn a_product_is_declared_and_a_unit_that_went_bad_is_found_out() {
    let (good, bad) = (lab(&[]), lab(&["default-web"]));
    let desk = Desk::at(good.folder.path());
    let (code, out, err) = crate::lab::told(&good.run(&[]).output().expect("the program starts"));
    assert_eq!(code, 0, "{out}{err}");
    let run = good.only_run();
    let run_path = run.display().to_string();

    let (code, _, err) = desk.declare(&run_path, &[]);
    assert!(code == 2 && err.contains("not sealed"), "{err}");
    let (code, _, err) = outcome(&["seal", &run_path, "--key", &desk.path("ada.key")]);
    assert_eq!(code, 0, "{err}");
    let (code, _, err) = desk.declare(&run_path, &[]);
    assert!(code != 0 && err.contains("ended on"), "an attestation that ended by the day of issue: {err}");
    dated(&desk, &run);
    let (code, _, err) =
        outcome(&["declare", &run_path, "--issuer", &desk.path("issuer.toml"), "--key", &desk.path("ada.key"), "--out", &desk.path("d")]);
    assert!(code == 2 && err.contains("names `Sam Signer` as signatory"), "{err}");
    let (code, out, err) = desk.declare(&run_path, &[]);
    assert_eq!(code, 0, "{out}{err}");

    let folder = desk.path("declarations/D-2026-7-r1");
    checks_out(&desk, &folder);
    covers_a_baseline(&good, &folder);
    is_found_out(&desk, &bad, &folder);
    is_suspended(&desk, &folder, &bad);
    for place in ["declarations", "one", "two", "three"] {
        no_secret_stands_in(&good, Path::new(&desk.path(place)));
        no_secret_stands_in(&bad, Path::new(&desk.path(place)));
    }
}

fn checks_out(desk: &Desk, folder: &str) {
    let (code, out, err) = outcome(&["verify", folder, "--key", &desk.path("sam.pub")]);
    assert_eq!(code, 0, "{out}{err}");
    let (code, _, err) = outcome(&["verify", folder, "--key", &desk.path("rita.pub")]);
    assert_eq!(code, 5, "{err}");
    let schema = json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reports/declaration.schema.json"));
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let document = json(&Path::new(folder).join("declaration.json"));
    let mistakes: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(mistakes.is_empty(), "{mistakes:?}");
    for name in ["declaration.json", "declaration.html", "run-seal.json", "supporting-documentation.html"] {
        let path = Path::new(folder).join(name);
        let sound = std::fs::read(&path).expect("a file");
        let mut changed = sound.clone();
        let at = changed.len() / 2;
        changed[at] ^= 1;
        std::fs::write(&path, changed).expect("a file");
        let (code, _, err) = outcome(&["verify", folder]);
        assert!(code == 5 && err.contains(name), "{name}: {err}");
        std::fs::write(&path, sound).expect("a file");
    }
    assert_eq!(outcome(&["verify", folder]).0, 0);
}

fn covers_a_baseline(good: &Lab, folder: &str) {
    let (code, out, err) = outcome(&["gap", folder, "--baseline", "core"]);
    assert_eq!(code, 3, "{out}{err}");
    assert!(out.lines().any(|line| line.starts_with("LA(AUN)") && line.contains("observed")), "{out}");
    assert!(out.contains("not in the baseline of the declaration"), "{out}");
    let (_, as_json, _) = outcome(&["gap", folder, "--baseline", "core", "--format", "json"]);
    no_secret_is_told(good, &format!("{out}{err}{as_json}"));
}

fn is_found_out(desk: &Desk, bad: &Lab, folder: &str) {
    let check = |out: &str, more: &[&str]| {
        let (profile, key, out) = (bad.profile(), desk.path("sam.pub"), desk.path(out));
        outcome(&[&["spot-check", folder, "--profile", &profile, "--key", &key, "--seed", "7", "--out", &out], more].concat())
    };
    let (code, out, err) = check("one", &["--all"]);
    assert_eq!(code, 1, "{out}{err}");
    no_secret_is_told(bad, &format!("{out}{err}"));
    let found = json(&only_run(Path::new(&desk.path("one"))).join("spot-check.json"));
    let contradicted: Vec<_> =
        found["findings"].as_array().expect("findings").iter().filter(|each| each["found"] == "contradicted").collect();
    assert!(contradicted.len() == 1 && contradicted[0]["id"] == "LA(AUN)", "{contradicted:?}");
    assert!(out.contains("contradicted: LA(AUN)"), "{out}");

    // the key requirement is in every sample, and the same seed draws the same
    let samples = ["two", "three"].map(|name| {
        let (code, out, err) = check(name, &["--share", "10", "--consent", "read-only"]);
        assert!(code == 1 || code == 3, "{out}{err}");
        json(&only_run(Path::new(&desk.path(name))).join("spot-check.json"))["sample"].clone()
    });
    assert_eq!(samples[0], samples[1]);
    assert!(samples[0]["taken"].to_string().contains("LA(AUN)"), "{}", samples[0]);

    let other = desk.path("other.toml");
    let text = std::fs::read_to_string(bad.profile()).expect("a profile").replace("version = \"1.1.0\"", "version = \"1.2.0\"");
    let beside = Path::new(&bad.profile()).with_file_name("other.toml");
    std::fs::write(&beside, text).expect("a profile");
    let (code, _, err) = outcome(&["spot-check", folder, "--profile", &beside.display().to_string(), "--out", &other]);
    assert!(code == 3 && err.contains("not about the declared object") && err.contains("1.2.0"), "{err}");
}

fn is_suspended(desk: &Desk, folder: &str, bad: &Lab) {
    let (key, out) = (desk.path("sam.key"), desk.path("declarations"));
    let revise = ["revise", folder, "--status", "suspended", "--because", "LA(AUN) was contradicted", "--date", "2026-12-01"];
    let (code, out, err) = outcome(&[&revise[..], &["--key", &key, "--out", &out]].concat());
    assert_eq!(code, 0, "{out}{err}");
    let next = desk.path("declarations/D-2026-7-r2");
    assert_eq!(outcome(&["verify", &next]).0, 0);
    let (code, _, err) = outcome(&["spot-check", &next, "--profile", &bad.profile()]);
    assert!(code == 3 && err.contains("suspended"), "{err}");
}

#[test]
fn a_run_that_does_not_conform_is_declared_only_with_what_was_decided_about_it() {
    let lab = lab(&["default-web"]);
    let desk = Desk::at(lab.folder.path());
    let (code, out, err) = crate::lab::told(&lab.run(&["--test", "access/default-credentials"]).output().expect("the program starts"));
    assert_eq!(code, 1, "{out}{err}");
    let run = lab.only_run();
    let run_path = run.display().to_string();
    assert_eq!(outcome(&["seal", &run_path, "--key", &desk.path("ada.key")]).0, 0);
    dated(&desk, &run);
    let (code, _, err) = desk.declare(&run_path, &[]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("LA(AUN) (key) is not-satisfied: correct the product"), "{err}");

    let (code, out, err) = outcome(&["gaps", &run_path]);
    assert!(code == 0 && err.contains("4 gaps"), "{out}{err}");
    no_secret_is_told(&lab, &format!("{out}{err}"));
    let filled = out
        .replace(
            "#[decided]\n#by = \"\"\n#function = \"\"\n#on = \"2026-01-31\"",
            "[decided]\nby = \"Rita Reviewer\"\nfunction = \"quality\"\non = \"2026-11-01\"",
        )
        .replace("#scenario", "scenario")
        .replace("#determination = \"unacceptable\"", "determination = \"justifiably-missing\"")
        .replace("#ground", "ground")
        .replace("#because = \"\"", "because = \"not needed where it is used\"")
        .replace("#until = \"2026-12-31\"", "until = \"2098-12-31\"");
    let file = desk.path("gaps.toml");
    std::fs::write(&file, &filled).expect("a file of gaps");
    let (code, _, err) = outcome(&["gaps", &run_path, "--check", &file]);
    assert!(code == 2 && err.contains("LA(AUN) is a key requirement: it cannot be accepted away"), "{err}");
    let (code, _, err) = desk.declare(&run_path, &["--gaps", &file]);
    assert!(code == 2 && err.contains("cannot be accepted away"), "{err}");
}
