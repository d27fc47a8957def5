//! Small servers that say something hostile wherever their protocol has room for words.
#![expect(clippy::disallowed_methods, clippy::unnecessary_wraps, reason = "these are products, all of one form")]

use std::net::Ipv4Addr;

use rcgen::{CertificateParams, DnType, KeyPair, SanType};
use reference_product::SCRIBBLE;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};

/// What a server answers to all that it has heard on a connection; nothing is heard when it may speak first. None ends it.
pub(crate) type Says = fn(&[u8]) -> Option<Vec<u8>>;

/// Servers over TCP, and the word for what they speak in a profile.
pub(crate) const STREAMS: [(&str, Says); 7] =
    [("ssh", ssh), ("ftp", ftp), ("telnet", telnet), ("mqtt", mqtt), ("http", http), ("tls", tls), ("tcp", smtp)];
/// The same over UDP.
pub(crate) const DATAGRAMS: [(&str, Says); 5] = [("snmp", snmp), ("coap", coap), ("mdns", mdns), ("ssdp", ssdp), ("udp", anything)];

/// Starts a server over TCP on a free port of loopback.
pub(crate) async fn stream(says: Says) -> u16 {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let port = socket.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = socket.accept().await {
            tokio::spawn(async move {
                let (mut heard, mut buffer) = (Vec::new(), [0; 4096]);
                while let Some(answer) = says(&heard) {
                    let told = stream.write_all(&answer).await;
                    match stream.read(&mut buffer).await {
                        Ok(count @ 1..) if told.is_ok() => heard.extend_from_slice(&buffer[..count]),
                        _ => return,
                    }
                }
            });
        }
    });
    port
}

/// Starts a server over UDP on a free port of loopback.
pub(crate) async fn datagrams(says: Says) -> u16 {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let port = socket.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((count, from)) = socket.recv_from(&mut buffer).await {
            if let Some(answer) = says(&buffer[..count]) {
                let _ = socket.send_to(&answer, from).await;
            }
        }
    });
    port
}

/// The hostile words on one line, and longer than any field.
fn line() -> String {
    format!("{}{}", SCRIBBLE.replace(['\r', '\n'], " "), "A".repeat(1_500))
}

fn byte(number: usize) -> u8 {
    u8::try_from(number).expect("a byte")
}

/// The content, preceded by its length in so many bytes.
fn counted(width: usize, content: &[u8]) -> Vec<u8> {
    [&(content.len() as u64).to_be_bytes()[8 - width..], content].concat()
}

/// Lines before the identification, which is hostile too; then hostile names of algorithms, and a hostile farewell.
fn ssh(heard: &[u8]) -> Option<Vec<u8>> {
    let packet = |payload: &[u8]| {
        let padding = 16 - (payload.len() + 5) % 8;
        counted(4, &[&[byte(padding)][..], payload, &vec![0; padding]].concat())
    };
    let short: String = line().chars().take(180).collect();
    if heard.is_empty() {
        return Some(format!("{}\r\nSSH-2.0-{short}\r\n", line()).into_bytes());
    }
    let names = |known: &str| counted(4, format!("{known},{short}").as_bytes());
    let known = ["curve25519-sha256", "ssh-ed25519", "aes128-ctr", "aes128-ctr", "hmac-sha2-256", "hmac-sha2-256", "none", "none", "", ""];
    let algorithms: Vec<u8> = known.into_iter().flat_map(names).collect();
    let init = packet(&[&[20][..], &[7; 16], &algorithms, &[0; 5]].concat());
    let farewell = packet(&[&[1, 0, 0, 0, 2][..], &counted(4, line().as_bytes()), &counted(4, b"")].concat());
    Some(if heard.ends_with(b"\r\n") { init } else { farewell })
}

fn ftp(heard: &[u8]) -> Option<Vec<u8>> {
    let code = if heard.is_empty() { "220" } else { "530" };
    Some(format!("{code} {}\r\n", line()).into_bytes())
}

fn smtp(heard: &[u8]) -> Option<Vec<u8>> {
    heard.is_empty().then(|| format!("220 {} ESMTP\r\n", line()).into_bytes())
}

fn telnet(heard: &[u8]) -> Option<Vec<u8>> {
    let asks = if heard.split(|byte| *byte == b'\n').count() % 2 == 1 { "login: " } else { "Password: " };
    Some(format!("{SCRIBBLE}\r\n{asks}").into_bytes())
}

fn http(heard: &[u8]) -> Option<Vec<u8>> {
    if heard.is_empty() {
        return Some(Vec::new());
    }
    let (page, field) = (format!("<title>{SCRIBBLE}</title><a href=\"/{SCRIBBLE}\">on</a>"), line().replace('\0', " "));
    let head = format!("HTTP/1.1 401 {field}\r\nServer: {field}\r\nWWW-Authenticate: Basic realm=\"{field}\"\r\nSet-Cookie: {field}=1");
    Some(format!("{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len()).into_bytes())
}

/// A client id, a reason, a topic and a payload.
fn mqtt(heard: &[u8]) -> Option<Vec<u8>> {
    let length = |body: &[u8]| [byte(body.len() % 128) | 0x80, byte(body.len() / 128)];
    let packet = |kind: u8, body: &[u8]| [&[kind][..], &length(body), body].concat();
    let short = counted(2, SCRIBBLE.as_bytes());
    if heard.is_empty() {
        return Some(Vec::new());
    }
    if heard.get(8) != Some(&5) {
        return Some(packet(0x20, &[0, 0]));
    }
    let properties = [&[0x12][..], &short, &[0x1f], &short].concat();
    let message = packet(0x30, &[&short[..], &[0], SCRIBBLE.as_bytes()].concat());
    Some(match heard.get(2 + usize::from(*heard.get(1)?)..)? {
        [0x82, _, high, low, ..] => [&[0x90, 4, *high, *low, 0, 1], &message[..]].concat(),
        _ => packet(0x20, &[&[0, 0][..], &length(&properties), &properties].concat()),
    })
}

/// As much of a handshake as is in clear, with a certificate whose names are hostile.
fn tls(heard: &[u8]) -> Option<Vec<u8>> {
    let message = |kind: u8, body: &[u8]| [&[kind][..], &counted(3, body)].concat();
    let hello = message(2, &[&[3, 3][..], &[7; 32], &[0, 0xc0, 0x2f, 0]].concat());
    let chain = message(11, &counted(3, &counted(3, &certificate())));
    let flight = [hello, chain, message(14, &[])].concat();
    Some(if heard.is_empty() { Vec::new() } else { [&[22, 3, 3][..], &counted(2, &flight)].concat() })
}

fn certificate() -> Vec<u8> {
    let mut params = CertificateParams::default();
    for kind in [DnType::CommonName, DnType::OrganizationName, DnType::CountryName] {
        params.distinguished_name.push(kind, SCRIBBLE);
    }
    let ascii: String = SCRIBBLE.chars().filter(char::is_ascii).collect();
    let name = || ascii.as_str().try_into().expect("ASCII");
    params.subject_alt_names = vec![SanType::DnsName(name()), SanType::URI(name()), SanType::Rfc822Name(name())];
    params.self_signed(&KeyPair::generate().expect("a key")).expect("a certificate").der().to_vec()
}

/// The description of the system, whatever was asked for; none to version 3, whose requests have no community.
fn snmp(heard: &[u8]) -> Option<Vec<u8>> {
    let element = |tag: u8, content: &[u8]| [&[tag, 0x82][..], &counted(2, content)].concat();
    let community = heard.get(5..)?.strip_prefix(&[4])?;
    let pdu = community.get(1 + usize::from(*community.first()?)..)?;
    let number = pdu.iter().position(|byte| *byte == 2).map(|at| &pdu[at..at + 2 + usize::from(pdu[at + 1])])?;
    let value = [&[6, 8, 0x2b, 6, 1, 2, 1, 1, 1, 0][..], &element(4, SCRIBBLE.as_bytes())].concat();
    let answer = element(0xa2, &[number, &[2, 1, 0, 2, 1, 0], &element(0x30, &element(0x30, &value))].concat());
    Some(element(0x30, &[heard.get(2..7 + usize::from(heard[6]))?, &answer[..]].concat()))
}

/// A list of links, whatever is asked for.
fn coap(heard: &[u8]) -> Option<Vec<u8>> {
    let token = heard.get(4..4 + usize::from(heard.first()? & 0x0f))?;
    let id = heard.get(2..4)?;
    if heard.get(1) == Some(&0) {
        return Some([&[0x70, 0][..], id].concat());
    }
    let links = format!("</{0}>;title=\"{0}\",</b>;rt=\"x\"", SCRIBBLE.replace(['"', ',', '>', ';'], ""));
    Some([&[0x60 | byte(token.len()), 0x45][..], id, token, &[0xc1, 40, 0xff], links.as_bytes()].concat())
}

/// A text for a service that is named so, too.
fn mdns(heard: &[u8]) -> Option<Vec<u8>> {
    let name = [counted(1, &SCRIBBLE.as_bytes()[..60]), vec![0]].concat();
    let record = [&name[..], &[0, 16, 0, 1, 0, 0, 0, 120], &counted(2, &counted(1, &SCRIBBLE.as_bytes()[..200]))].concat();
    Some([heard.get(..2)?, &[0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0], &record].concat())
}

fn ssdp(_: &[u8]) -> Option<Vec<u8>> {
    Some(format!("HTTP/1.1 200 OK\r\nST: {0}\r\nUSN: {0}\r\nServer: {0}\r\nLocation: http://{0}/\r\n\r\n", line()).into_bytes())
}

fn anything(_: &[u8]) -> Option<Vec<u8>> {
    Some(SCRIBBLE.as_bytes().to_vec())
}

/// An update package for `SWUpdate`: a description that names nothing, and a file with a hostile name.
pub(crate) fn package() -> Vec<u8> {
    let padded = |mut bytes: Vec<u8>| {
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    };
    let member = |name: &str, content: &[u8]| {
        let (size, named) = (format!("{:08x}", content.len()), format!("{:08x}", name.len() + 1));
        let head = ["070701", &"0".repeat(48), &size, &"0".repeat(32), &named, &"0".repeat(8), name, "\0"].concat();
        [padded(head.into_bytes()), padded(content.to_vec())].concat()
    };
    let hostile = format!("../../forged/{}", SCRIBBLE.replace('\0', ""));
    let description = b"software = { version = \"2\"; images: ( { filename = \"a\"; } ); }";
    [member("sw-description", description), member(&hostile, b"x"), member("TRAILER!!!", b"")].concat()
}
