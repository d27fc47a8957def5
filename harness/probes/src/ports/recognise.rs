//! What the first bytes of a service tell.

/// The protocol that these bytes belong to, if they are characteristic of one.
pub(crate) fn recognise(bytes: &[u8]) -> Option<&'static str> {
    by_start(bytes).or_else(|| by_words(bytes))
}

/// Protocols that begin with fixed bytes.
const STARTS: &[(&[u8], &str)] = &[
    (b"SSH-", "ssh"),
    (b"RFB ", "vnc"),
    (b"RTSP/", "rtsp"),
    (b"CNXN", "adb"),
    (b"AUTH\x01\0\0\0", "adb"),
    (b"STLS\0\0\0\x01", "adb"),
    (b"+OK", "pop3"),
    (b"* OK", "imap"),
    (b"* PREAUTH", "imap"),
    (b"@RSYNCD:", "rsync"),
    (b"-ERR unknown command", "redis"),
    (b"-DENIED Redis", "redis"),
    (b"AMQP", "amqp"),
    (b"\x20\x02\0", "mqtt"),
    (b"\x20\x02\x01", "mqtt"),
    (b"\xff\xfb", "telnet"),
    (b"\xff\xfc", "telnet"),
    (b"\xff\xfd", "telnet"),
    (b"\xff\xfe", "telnet"),
];

fn by_start(bytes: &[u8]) -> Option<&'static str> {
    if let Some((_, name)) = STARTS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(name);
    }
    match bytes {
        [0x15 | 0x16, 0x03, 0x00..=0x04, ..] => Some("tls"),
        [_, _, 0, 0, 10, b'3'..=b'9', b'.', ..] => Some("mysql"),
        [b'H', b'T', b'T', b'P', b'/', ..] => Some("http"),
        _ => None,
    }
}

fn by_words(bytes: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let end = text.trim_end_matches([' ', '\u{7}']);
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if text.starts_with("220") || text.starts_with("421") || text.starts_with("554") {
        return match (has(&["smtp", "mail"]), has(&["ftp"])) {
            (true, false) => Some("smtp"),
            (false, true) => Some("ftp"),
            _ => None,
        };
    }
    if end.ends_with("ogin:") || end.ends_with("sername:") || end.ends_with("assword:") {
        return Some("telnet");
    }
    if has(&["busybox v", "built-in shell"]) || is_shell_prompt(end) {
        return Some("shell");
    }
    has(&["<html", "<!doctype html"]).then_some("http")
}

/// Whether the text ends as a shell waits: `# ` or `$ ` on a short last line, with nothing but a prompt before it.
fn is_shell_prompt(end: &str) -> bool {
    let line = end.rsplit(['\n', '\r']).next().unwrap_or_default();
    line.len() <= 64 && (line.ends_with('#') || line.ends_with('$'))
}

/// Whether an HTTP answer says that TLS was wanted on this port.
pub(crate) fn wants_tls(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    text.starts_with("http/1.")
        && text.contains(" 400")
        && (text.contains("https port") || text.contains("to an https") || text.contains("ssl-enabled"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn well_known_banners() {
        let cases: [(&[u8], Option<&str>); 16] = [
            (b"SSH-2.0-dropbear_2022.83\r\n", Some("ssh")),
            (b"\xff\xfd\x01\xff\xfd\x1f", Some("telnet")),
            (b"\r\nrouter login: ", Some("telnet")),
            (b"220 (vsFTPd 3.0.3)\r\n", Some("ftp")),
            (b"220 mx.example ESMTP Postfix\r\n", Some("smtp")),
            (b"220 ready\r\n", None),
            (b"RFB 003.008\n", Some("vnc")),
            (b"HTTP/1.1 400 Bad Request\r\n", Some("http")),
            (b"RTSP/1.0 200 OK\r\n", Some("rtsp")),
            (b"\x15\x03\x01\0\x02\x02\x28", Some("tls")),
            (b"\x20\x02\0\x05", Some("mqtt")),
            (b"CNXN\0\0\0\x01", Some("adb")),
            (b"\r\n# ", Some("shell")),
            (b"BusyBox v1.31.1 built-in shell (ash)\r\n/ # ", Some("shell")),
            (b"\x4a\0\0\0\n8.0.36\0", Some("mysql")),
            (b"hello\r\n", None),
        ];
        for (bytes, name) in cases {
            assert_eq!(recognise(bytes), name, "{}", bytes.escape_ascii());
        }
        assert!(wants_tls(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>The plain HTTP request was sent to HTTPS port"));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = (recognise(&bytes), wants_tls(&bytes));
        }
    }
}
