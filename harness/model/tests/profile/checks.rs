//! Each check of a profile, on a small mistake that it alone must find.

use crate::good::{GOOD, place, problems};

/// Text of the good profile, what it becomes, what the mistake stands at, and a part of its message.
type Case = (&'static str, &'static str, &'static str, &'static str);

fn each(cases: &[Case]) {
    for (from, to, at, message) in cases {
        assert!(GOOD.contains(from), "{from} is not in the profile");
        let text = GOOD.replacen(from, to, 1);
        let found = problems(&text);
        let (line, column) = place(&text, at);
        let lines = found.lines();
        assert!(lines.len() == 1, "{to}\n{found}");
        assert!((lines[0].0, lines[0].1) == (line, column), "{to}: {line}:{column}\n{found}");
        assert!(lines[0].2.contains(message), "{message}\n{found}");
    }
}

#[test]
fn form() {
    each(&[
        ("model = \"L-1\"\n", "", "[product]", "`model` is missing from `product`"),
        ("[[role]]", "[role]", "[role]", "`role` must be an array, not a table"),
        ("trust = [\"ca.pem\"]", "trust = \"ca.pem\"", "\"ca.pem\"", "`trust` must be an array, not a string"),
        ("port = 8443", "port = 65536", "65536", "`port` is out of range: give 1 to 65535"),
        ("port = 8443", "port = 0", "0\ntrust", "`port` is out of range"),
        ("port = 8443", "port = 0xffffffffffffffffffffffffffffffffffff", "0xfff", "`port` is out of range"),
        ("port = 8443", "port = 84.43", "84.43", "must be an integer, not a float"),
        ("udp = [5353]", "udp = [5353, -1]", "-1]", "`udp` is out of range"),
        ("user = \"admin\"", "user = true", "true", "`user` must be a string, not a boolean"),
        ("kind = \"basic\"", "kind = \"Basic\"", "\"Basic\"", "no word for `kind`"),
        ("[budget]", "[budgt]", "budgt", "`budgt` is no key of a profile"),
    ]);
}

#[test]
fn names() {
    each(&[
        ("id = \"set\"", "id = \"get\"", "\"get\"\nmethod = \"PUT\"", "operation `get` is there twice"),
        ("[[account]]", "[[role]]\nid = \"admin\"\n\n[[account]]", "\"admin\"\n\n[[account]]", "role `admin` is there twice"),
        ("[[account]]", "[[role]]\nid = \"public\"\n\n[[account]]", "\"public\"", "`public` is reserved"),
        ("[[account]]", "[[role]]\nid = \"a/b\"\n\n[[account]]", "\"a/b\"", "`a/b` cannot be the id of role"),
        (
            "[[component]]",
            "[[sample]]\nid = \"S1\"\ncomponent = \"lamp\"\naddress = \"::1\"\n[[component]]",
            "\"S1\"",
            "stands at the address",
        ),
        (
            "[[component.interface]]",
            "[[component.interface]]\nid = \"two\"\nspeaks = \"http\"\nport = 8443\n[[component.interface]]",
            "8443\ntrust",
            "TCP port 8443 has an interface already",
        ),
    ]);
}

#[test]
fn references() {
    each(&[
        ("secret = ", "components = [\"lmap\"]\nsecret = ", "\"lmap\"", "no component `lmap`"),
        ("secret = ", "interfaces = [\"wbe\"]\nsecret = ", "\"wbe\"", "no interface `wbe` on these components"),
        ("allowed = [\"public\"]", "allowed = [\"publik\"]", "\"publik\"", "no role `publik`"),
        ("{ interface = \"web\"", "{ interface = \"wbe\"", "\"wbe\"", "no interface `wbe` on this component"),
        ("operation = \"status\"", "operation = \"state\"", "\"state\"", "no operation `state` on interface `web`"),
        ("read_back = { operation = \"get\"", "read_back = { operation = \"got\"", "\"got\"", "no operation `got`"),
        ("[budget]", "[consent]\nsacrificial = [\"S9\"]\n\n[budget]", "\"S9\"", "no sample `S9`"),
        ("key = ", "allocate = [{ id = \"LA(AUN)\", components = [\"hub\"] }]\nkey = ", "\"hub\"", "no component `hub`"),
        ("[[role]]", "[[sample]]\nid = \"S2\"\ncomponent = \"hub\"\naddress = \"::1\"\n\n[[role]]", "\"hub\"", "no component `hub`"),
    ]);
}

#[test]
fn addresses() {
    each(&[
        ("127.0.0.1", "300.0.0.1", "\"300.0.0.1\"", "neither an IP address nor a host name"),
        ("127.0.0.1", "lamp.local:80", "\"lamp.local:80\"", "neither an IP address nor a host name"),
        ("tcp = \"1-1024, 8443\"", "tcp = \"1024-1\"", "\"1024-1\"", "`1024-1` is neither a port nor a range"),
        ("udp = [5353]", "udp = [0]", "0] }", "there is no port 0"),
        (
            "[budget]",
            "[collector]\ncomponent = \"lamp\"\ntransport = \"udp\"\nlisten = \"514\"\n[budget]",
            "\"514\"",
            "no address with a port",
        ),
        (
            "[budget]",
            "[collector]\ncomponent = \"lamp\"\ntransport = \"tls\"\nlisten = \"[::1]:514\"\nkey = \"k\"\n[budget]",
            "[collector]",
            "`certificate` is missing",
        ),
    ]);
}

#[test]
fn what_must_fit_together() {
    each(&[
        ("kind = \"basic\"", "kind = \"psk\"", "\"psk\"", "kind `psk` does not go over `https`"),
        ("check = \"status\"\n", "", "[component.interface.login]", "`check` is missing"),
        ("kind = \"basic\"", "kind = \"json\"", "[component.interface.login]", "`path` is missing"),
        ("kind = \"basic\"", "kind = \"form\"\npath = \"/login\"", "[component.interface.login]", "`cookie` is missing"),
        ("expect = \"L-0001\"", "expect = \"0001\"", "\"0001\"", "does not have its declared form"),
        ("L-[0-9]{4}", "L-[0-9", "\"L-[0-9\"", "no regular expression"),
        ("pointer = \"/id\"", "pointer = \"id\"", "\"id\"", "no JSON pointer"),
        ("path = \"/status\"", "path = \"status\"", "\"status\"\nallowed", "no path"),
        ("values = [\"day\", \"night\"]\n", "", "[[component.interface.operation]] # set", "`values` is missing"),
        ("[\"day\", \"night\"]", "[\"day\"]", "[\"day\"]", "give two or more"),
        ("body = \"{value}\"\n", "", "[\"day\", \"night\"]", "stands nowhere in the body"),
        ("secret = \"env:LAMP_PASSWORD\"", "secret = \"hunter2\"", "\"hunter2\"", "does not say where the secret is kept"),
        ("use = \"core\"\n", "", "[baseline]", "nothing is chosen"),
    ]);
}
