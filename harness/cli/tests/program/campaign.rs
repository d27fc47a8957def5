//! `assay campaign`: every product has its line, whatever comes of the others, and a second time goes on with what is there.

use std::path::Path;

use serde_json::Value;

use crate::lab::{Lab, json, only_run, outcome};
use crate::secrets::{no_secret_is_told, no_secret_stands_in};

fn entry(id: &str, profile: &str, more: &str) -> String {
    format!("[[product]]\nid = \"{id}\"\nprofile = \"{profile}\"\n{more}\n")
}

/// Runs the campaign of `list` in its folder; the exit code, what it wrote, and the summary.
fn campaign(list: &Path, more: &[&str]) -> (i32, String, Value) {
    let arguments = ["campaign", &list.display().to_string(), "--test=identification/logical-identifier"];
    let (code, out, err) = outcome(&[&arguments, more].concat());
    let summary = json(&list.with_file_name("together").join("campaign.json"));
    (code, format!("{out}{err}"), summary)
}

#[test]
fn each_product_has_its_line_whatever_comes_of_the_others() {
    let (good, faulty) = (Lab::start(&[]), Lab::start(&["no-identifier"]));
    let folder = tempfile::tempdir().expect("a folder");
    let (list, out) = (folder.path().join("list.toml"), folder.path().join("together"));
    std::fs::write(folder.path().join("bad.toml"), "schema = 1\n").expect("a profile");
    let text = [
        "schema = \"assay.campaign/1\"\nout = \"together\"\n".to_owned(),
        entry("good", &good.profile(), ""),
        entry("bad", "bad.toml", ""),
        entry("faulty", &faulty.profile(), ""),
        entry("twin", &good.profile(), "choose = { test = [\"identification/unique-identifier\"] }"),
        entry("gone", "gone.toml", ""),
    ];
    std::fs::write(&list, text.concat()).expect("a list");

    let (code, told, summary) = campaign(&list, &[]);
    assert_eq!(code, 2, "a bad profile is worse than a product that does not conform: {told}");
    assert!(told.contains("because they share an address: good, twin"), "{told}");
    let products = summary["products"].as_array().expect("products");
    let of = |key: &str| products.iter().map(|each| each[key].as_str().unwrap_or("-")).collect::<Vec<_>>();
    assert_eq!(of("id"), ["good", "bad", "faulty", "twin", "gone"]);
    assert_eq!(of("conclusion"), ["not-determined", "-", "does-not-conform", "not-determined", "-"]);
    assert!(of("because")[1].contains("`assay check"), "{products:?}");
    assert!(of("because")[4].contains("there is no such file"), "{products:?}");
    for line in ["faulty  does not conform", "5 products: "] {
        assert!(told.contains(line), "{told}");
    }
    let twin = json(&only_run(&out.join("twin")).join("run.json"));
    assert_eq!(twin["results"][0]["test"], "identification/unique-identifier", "what is chosen for one product counts more");
    assert!(only_run(&out.join("faulty")).join("report.html").is_file());

    for lab in [&good, &faulty] {
        no_secret_is_told(lab, &told);
        no_secret_stands_in(lab, &out);
    }

    let (code, told, again) = campaign(&list, &["--resume", "--jobs=1"]);
    assert_eq!((code, again), (2, summary), "finished runs count as they are: {told}");
    let (code, told, _) = campaign(&list, &["--resume", "--policy=federal"]);
    assert_eq!(code, 2, "{told}");
    assert_eq!(std::fs::read_dir(out.join("good")).expect("runs").count(), 2, "another policy is another run");
}

#[test]
fn a_list_with_mistakes_starts_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("list.toml");
    let good = format!("schema = \"assay.campaign/1\"\n{}", entry("one", "one.toml", ""));
    for (from, to, said) in
        [("profile =", "profil =", "`profil`"), ("\"one\"", "\"../one\"", "names a folder"), ("campaign/1", "campaign/9", "write schema =")]
    {
        std::fs::write(&list, good.replace(from, to)).expect("a list");
        let (code, out, err) =
            outcome(&["campaign", &list.display().to_string(), "--out", &folder.path().join("out").display().to_string()]);
        assert_eq!(code, 2, "{out}{err}");
        assert!(err.contains(said), "{err}");
        assert!(!folder.path().join("out").exists());
    }
}
