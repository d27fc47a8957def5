//! A small good profile, and ways to look at what is said of a bad one.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use assay_model::form::Problems;
use assay_model::profile::{Known, read};

/// A small profile without mistakes.
pub(crate) const GOOD: &str = r#"schema = "assay.profile/1"

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
answer_ms = 2000

[[role]]
id = "admin"

[[account]]
id = "lamp-admin"
role = "admin"
user = "admin"
secret = "env:LAMP_PASSWORD"

[[component]]
id = "lamp"
role = "device"
address = "127.0.0.1"
scan = { tcp = "1-1024, 8443", udp = [5353] }
identifier = { interface = "web", operation = "status", pointer = "/id", expect = "L-0001", format = "L-[0-9]{4}" }

[[component.interface]]
id = "web"
speaks = "https"
port = 8443
trust = ["ca.pem"]

[component.interface.login]
kind = "basic"
check = "status"

[[component.interface.operation]] # status
id = "status"
method = "GET"
path = "/status"
allowed = ["admin"]

[[component.interface.operation]] # get
id = "get"
method = "GET"
path = "/mode"
allowed = ["public"]

[[component.interface.operation]] # set
id = "set"
method = "PUT"
path = "/mode"
body = "{value}"
values = ["day", "night"]
read_back = { operation = "get" }
allowed = ["admin"]
"#;

/// What is wrong with this text, files and variables taken to be there.
pub(crate) fn problems(text: &str) -> Problems {
    read("bad.toml", text, &Known::NOTHING).expect_err("a profile with mistakes was taken")
}

/// Line and column, both from 1, of the first place where this stands.
pub(crate) fn place(text: &str, what: &str) -> (usize, usize) {
    let at = text.find(what).unwrap_or_else(|| panic!("{what} is not in the text"));
    let before = &text[..at];
    (before.matches('\n').count() + 1, before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1)
}
