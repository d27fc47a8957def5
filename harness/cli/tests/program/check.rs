//! `assay check`: all mistakes at once, each at its place.

use std::path::Path;

use crate::lab::outcome;

/// A good profile, as small as can be; `@` marks go away.
const GOOD: &str = r#"schema = "assay.profile/1"

[product]
manufacturer = "Example"
name = "Lamp"
model = "L-1"
version = "1.0"

[baseline]
use = "core"
key = ["LA(AUN)"]

[budget]
connections = 4

[[role]]
id = "admin"

[[account]]
id = "owner"
role = "admin"
user = "admin"
secret = "file:secret"

[[component]]
id = "lamp"
role = "device"
address = "127.0.0.1"

[[component.interface]]
id = "web"
speaks = "https"
port = 8443

[[component.interface.operation]]
id = "status"
method = "GET"
path = "/status"
allowed = ["admin"]
"#;

/// What stands in the good profile, the mistake in its place, and a part of the message.
const MISTAKES: [(&str, &str, &str); 10] = [
    ("model = \"L-1\"", "model = 1", "`model` must be a string"),
    ("use = \"core\"", "use = \"cor\"", "`cor`"),
    ("key = [\"LA(AUN)\"]", "key = [\"LA(AUX)\"]", "`LA(AUX)`"),
    ("connections = 4", "conections = 4", "`conections`"),
    ("role = \"admin\"", "role = \"amdin\"", "`amdin`"),
    ("secret = \"file:secret\"", "secret = \"hunter2\"", "where the secret is kept"),
    ("address = \"127.0.0.1\"", "address = \"http://lamp\"", "neither an IP address nor a host name"),
    ("speaks = \"https\"", "speaks = \"htps\"", "`htps`"),
    ("port = 8443", "port = 84430", "`port` is out of range"),
    ("path = \"/status\"", "path = \"status\"", "no path"),
];

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("a file");
    path.display().to_string()
}

#[test]
fn a_good_profile_is_told_so() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "secret", b"x");
    let (code, out, err) = outcome(&["check", &write(folder.path(), "good.toml", GOOD.as_bytes())]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("no problems") && out.contains("1 components, 1 interfaces"), "{out}");
}

#[test]
fn ten_mistakes_are_shown_at_once_each_at_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "secret", b"x");
    let bad = MISTAKES.iter().fold(GOOD.to_owned(), |text, (good, bad, _)| {
        assert!(text.contains(good), "{good}");
        text.replacen(good, bad, 1)
    });
    let (code, out, err) = outcome(&["check", &write(folder.path(), "bad.toml", bad.as_bytes())]);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("10 problems"), "{err}");
    for (_, mistake, message) in MISTAKES {
        let number = bad.lines().position(|line| line == mistake).expect("the mistake") + 1;
        let shown = err.split("\n\n").find(|part| part.contains(message)).unwrap_or_else(|| panic!("{message} is not in\n{err}"));
        assert!(shown.contains(&format!("bad.toml:{number}:")), "{mistake} is on line {number}, and\n{shown}");
        assert!(shown.contains(mistake), "{shown}");
    }
    assert!(!err.contains('\u{1b}'), "colours in a pipe: {err}");
    assert!(!err.contains("hunter2\"`"), "{err}");
}

#[test]
fn what_is_no_profile_gets_a_plain_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut latin = GOOD.as_bytes().to_vec();
    latin[60] = 0xe4;
    let cases = [
        (write(folder.path(), "latin.toml", &latin), "not UTF-8 text: line 4"),
        (folder.path().join("missing.toml").display().to_string(), "there is no such file"),
        (folder.path().display().to_string(), "this is a folder"),
        (write(folder.path(), "long.toml", &vec![b'#'; 5 << 20]), "longer than the 1048576 bytes"),
        (write(folder.path(), "empty.toml", b""), "`schema` is missing"),
        ("/dev/null".to_owned(), "`schema` is missing"),
        ("/dev/zero".to_owned(), "longer than"),
    ];
    for (path, message) in cases {
        for command in ["check", "plan", "run"] {
            let (code, out, err) = outcome(&[command, &path]);
            assert_eq!((code, out.as_str()), (2, ""), "{command} {path}: {err}");
            assert!(err.contains(&path) && err.contains(message), "{command} {path}: {err}");
        }
    }
}
