//! Packages made by the tools of their makers: signed with the declared key, with another key, and not at all.

use std::process::Command;

use assay_model::verdict::Verdict;
use libtest_mimic::{Completion, Failed, Trial};

use crate::{folder, runs};

/// The server whose packages are tried, the programs that make them, how their names end, and the verdicts that are
/// right on one that is signed, signed with another key, not signed.
const KINDS: [(&str, &[&str], &str, [Verdict; 3]); 4] = [
    ("swupdate", &["swugenerator"], ".swu", [Verdict::Pass, Verdict::Fail, Verdict::Fail]),
    ("mender", &["mender-artifact"], ".mender", [Verdict::Pass, Verdict::Fail, Verdict::Fail]),
    // without its signature, a bundle is a squashfs image like any other: nothing in it says that one is missing
    ("rauc", &["rauc", "mksquashfs"], ".raucb", [Verdict::Pass, Verdict::Fail, Verdict::Inconclusive]),
    ("rauc", &["rauc", "mksquashfs"], "-plain.raucb", [Verdict::Pass, Verdict::Fail, Verdict::Inconclusive]),
];
const NAMES: [&str; 3] = ["genuine", "other-key", "unsigned"];

/// Every case: one for each package.
pub(crate) fn all() -> Vec<Trial> {
    let each = |(server, programs, ending, right): (&'static str, &'static [&str], &'static str, [Verdict; 3])| {
        NAMES.into_iter().zip(right).map(move |(name, right)| {
            let case = move || match runs::missing(&programs.iter().map(ToString::to_string).collect::<Vec<_>>()) {
                None => is_judged(server, &format!("{name}{ending}"), right).map(|()| Completion::Completed),
                Some(why) if std::env::var("ASSAY_DEMAND_REAL").is_ok_and(|value| value == "1") => Err(why.into()),
                Some(why) => Ok(Completion::ignored_with(why)),
            };
            Trial::ignorable_test(format!("packages::{name}{ending}"), case)
        })
    };
    KINDS.into_iter().flat_map(each).collect()
}

fn is_judged(server: &str, file: &str, right: Verdict) -> Result<(), Failed> {
    let folder = folder::path();
    let own = tempfile::tempdir_in(folder.join("state"))?;
    let made = Command::new("sh").arg(folder.join("update/packages.sh")).arg(server).arg(own.path()).output()?;
    if !made.status.success() {
        return Err(format!("no packages: {}", String::from_utf8_lossy(&made.stderr)).into());
    }
    let place = own.path().join("updates").join(file).display().to_string();
    // the baseline of a network asks for no documents
    let words = |text: String| {
        let line = |line: &str| match line {
            r#"use = "network""# => r#"use = "catalog""#.to_owned(),
            line if line.starts_with("genuine = ") => format!(r#"genuine = {{ file = "{place}", version = "2.0.0" }}"#),
            line => line.to_owned(),
        };
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    };
    let result = runs::without_server(&format!("{server}-good.toml"), words, "update/package-signature")?;
    if result.verdict == right {
        return Ok(());
    }
    Err(format!("{} is right, not {} ({}; observed: {})", right.word(), result.verdict.word(), result.reason, result.observed).into())
}
