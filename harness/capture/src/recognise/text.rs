//! Protocols of lines: SSH's greeting, Telnet, FTP, SMTP, syslog.

use serde::Serialize;

use crate::cursor::clean;

const TEXT: usize = 255;
/// Lines read of one side.
const LINES: usize = 64;
/// The most that a priority of syslog can be (RFC 5424, section 6.2.1).
const MOST_PRIORITY: u16 = 191;

/// Greetings of SSH (RFC 4253, section 4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ssh {
    /// What the initiator says that it is.
    pub client: Option<String>,
    /// What the responder says that it is.
    pub server: Option<String>,
    /// Whether a packet that begins a key exchange follows a greeting.
    pub exchange: bool,
}

pub(crate) fn ssh(sent: &[u8], received: &[u8]) -> Option<Ssh> {
    let greeting = |bytes: &[u8]| {
        let line = lines(bytes).find(|line| line.starts_with(b"SSH-"))?;
        matches!(line, [_, _, _, _, b'1' | b'2', b'.', ..]).then(|| clean(line, TEXT))
    };
    // only a server may say other lines first
    let (client, server) = (sent.starts_with(b"SSH-").then(|| greeting(sent)).flatten(), greeting(received));
    let exchange = |bytes: &[u8]| {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        // the length of the packet, the length of its padding, and the number of the message
        matches!(bytes.get(end + 1..)?, [0, 0, _, _, _, 20, ..]).then_some(())
    };
    let seen = exchange(sent).or_else(|| exchange(received)).is_some();
    (client.is_some() || server.is_some()).then_some(Ssh { client, server, exchange: seen })
}

/// How far a connection came with going on in TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Upgrade {
    /// It was not spoken of.
    #[default]
    None,
    /// The server offers it (SMTP; servers of FTP are seldom asked).
    Offered,
    /// The client asks for it.
    Asked,
    /// A hello of TLS follows the client's question.
    Follows,
}

/// Mail, or files, in clear at least to begin with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Greeted {
    /// The server's first line.
    pub greeting: Option<String>,
    /// Commands of the client up to `STARTTLS` or the like, without what follows each.
    pub commands: Vec<String>,
    /// How far it came with going on in TLS.
    pub tls: Upgrade,
    /// Whether a log-in was tried before.
    pub log_in: bool,
}

impl Greeted {
    fn read(sent: &[u8], received: &[u8]) -> Self {
        let mut seen = Self { greeting: lines(received).next().map(|line| clean(line, TEXT)), ..Self::default() };
        if lines(received).any(|line| line.starts_with(b"250") && line.ends_with(b"STARTTLS")) {
            seen.tls = Upgrade::Offered;
        }
        let mut rest = sent;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n').filter(|_| seen.commands.len() < LINES) {
            let (line, after) = rest.split_at(end + 1);
            let line = clean(line, TEXT).to_uppercase();
            let command = line.split(' ').next().unwrap_or_default().to_owned();
            seen.log_in |= command == "PASS" || line.starts_with("AUTH ") && !line.starts_with("AUTH TLS") && !line.starts_with("AUTH SSL");
            let asks = command == "STARTTLS" || command == "AUTH" && !seen.log_in;
            seen.commands.push(command);
            rest = after;
            if asks {
                seen.tls = if super::tls::begins(rest) { Upgrade::Follows } else { Upgrade::Asked };
                break;
            }
        }
        seen
    }
}

/// What a text protocol is, told by its words.
pub(crate) enum Words {
    Ftp(Greeted),
    Smtp(Greeted),
}

pub(crate) fn greeted(sent: &[u8], received: &[u8], port: u16) -> Option<Words> {
    let greets = received.starts_with(b"220 ") || received.starts_with(b"220-");
    let asks = |words: &[&[u8]]| {
        let start: Vec<u8> = sent.iter().take(12).map(u8::to_ascii_uppercase).collect();
        words.iter().any(|word| start.starts_with(word))
    };
    let seen = || Greeted::read(sent, received);
    if (greets || received.is_empty()) && asks(&[b"EHLO ", b"HELO ", b"LHLO "]) || greets && sent.is_empty() && matches!(port, 25 | 587) {
        return Some(Words::Smtp(seen()));
    }
    let speaks = asks(&[b"USER ", b"AUTH TLS", b"AUTH SSL", b"FEAT", b"SYST"]);
    (greets && (speaks || port == 21) || received.is_empty() && speaks && port == 21).then(|| Words::Ftp(seen()))
}

/// Whether it begins with a negotiation of Telnet (RFC 854), at any port, or is text at Telnet's.
pub(crate) fn is_telnet(sent: &[u8], received: &[u8], port: u16) -> bool {
    let negotiates = |bytes: &[u8]| matches!(bytes, [255, 251..=254, 0..=50 | 255, ..]);
    negotiates(sent) || negotiates(received) || port == 23 && (is_text(sent) && is_text(received))
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().take(1024).all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 8 | 27 | 0 | 127 | 32..=126 | 160..))
}

/// Whether it is a message of syslog: with a version behind the priority (RFC 5424) anywhere, else (RFC 3164) at its ports. In a
/// stream a length may stand before (RFC 6587).
pub(crate) fn is_syslog(bytes: &[u8], ports: [u16; 2]) -> bool {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let counted = (1..=6).contains(&digits) && bytes.get(digits) == Some(&b' ');
    let message = if counted { bytes.get(digits + 1..).unwrap_or_default() } else { bytes };
    let Some(rest) = message.strip_prefix(b"<") else { return false };
    let Some(end) = rest.iter().take(4).position(|byte| *byte == b'>') else { return false };
    let priority = str::from_utf8(rest.get(..end).unwrap_or_default()).ok().and_then(|text| text.parse::<u16>().ok());
    let new = rest.get(end + 1..).is_some_and(|rest| rest.starts_with(b"1 "));
    priority.is_some_and(|priority| priority <= MOST_PRIORITY) && (new || ports.iter().any(|port| matches!(port, 514 | 601 | 1514)))
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).take(LINES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ssh_is_known_by_its_greeting() {
        let seen = ssh(b"SSH-2.0-washer\r\n\0\0\x04\xfc\x09\x14abc", b"hello\r\nSSH-2.0-hub\r\n").unwrap();
        assert_eq!((seen.client.as_deref(), seen.server.as_deref(), seen.exchange), (Some("SSH-2.0-washer"), Some("SSH-2.0-hub"), true));
        assert!(!ssh(b"", b"SSH-1.99-x\n").unwrap().exchange);
        assert_eq!(ssh(b"hello\nSSH-2.0-x", b"SSH agent"), None);
    }

    #[test]
    fn mail_and_files_are_told_apart_and_how_they_go_on() {
        let tls = b"\x16\x03\x01\x02\x00\x01\x00";
        let mail = [b"EHLO x\r\nSTARTTLS\r\n", &tls[..]].concat();
        let Some(Words::Smtp(seen)) = greeted(&mail, b"220 mx\r\n250-x\r\n250 STARTTLS\r\n220 go\r\n", 2525) else { panic!() };
        assert_eq!((seen.tls, seen.log_in), (Upgrade::Follows, false));
        let Some(Words::Smtp(seen)) = greeted(b"EHLO x\r\nAUTH PLAIN abc\r\n", b"220 mx\r\n", 25) else { panic!() };
        assert_eq!((seen.tls, seen.log_in, &seen.commands[1]), (Upgrade::None, true, &"AUTH".to_owned()));
        let Some(Words::Ftp(seen)) = greeted(b"USER a\r\nPASS b\r\n", b"220 ftp\r\n331 x\r\n", 2121) else { panic!() };
        assert!(seen.log_in && seen.tls == Upgrade::None);
        assert!(greeted(b"hello\r\n", b"220 x\r\n", 9).is_none());
    }

    #[test]
    fn telnet_and_syslog_have_their_forms() {
        assert!(is_telnet(b"", b"\xff\xfd\x18", 2323) && is_telnet(b"ls\r\n", b"login: ", 23));
        assert!(!is_telnet(b"\x16\x03\x01\x02", b"", 23) && !is_telnet(b"ls", b"", 24));
        assert!(is_syslog(b"<34>1 2026-", [9, 9]) && is_syslog(b"<13>Oct 1", [9, 514]) && is_syslog(b"90 <34>1 2", [9, 6000]));
        assert!(!is_syslog(b"<192>1 x", [9, 9]) && !is_syslog(b"<13>Oct 1", [9, 9]) && !is_syslog(b"<>1 ", [9, 514]));
    }
}
