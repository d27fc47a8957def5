//! One function for each reader of bytes that come from a product, for the fuzz targets and for the test that drives
//! them all. Nothing here is used by the harness.
//!
//! Each takes any bytes and must neither panic, nor hang, nor take memory beyond a small multiple of its input.

#[cfg(test)]
mod floods;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod tests;

use bytes::BytesMut;

use crate::{coap, dtls, ftp, http, mdns, mqtt, ntp, peer, ports, snmp, ssdp, ssh_kex, syslog, telnet, tls, x509};

/// A reader of bytes from the network.
pub type Reader = fn(&[u8]);

/// All readers by name, which is also the name of the fuzz target and of the folder with its seeds.
pub const READERS: &[(&str, Reader)] = &[
    ("certificate", certificate),
    ("coap_links", coap_links),
    ("coap_message", coap_message),
    ("dtls_records", dtls_records),
    ("ftp_reply", ftp_reply),
    ("http_answer", http_answer),
    ("http_challenge", http_challenge),
    ("http_cookie", http_cookie),
    ("http_page", http_page),
    ("mdns", mdns_message),
    ("mqtt_packets", mqtt_packets),
    ("ntp", ntp_answer),
    ("peer", client),
    ("port_banner", port_banner),
    ("snmp", snmp_message),
    ("ssdp", ssdp_reply),
    ("ssh_packets", ssh_packets),
    ("syslog", syslog_stream),
    ("telnet", telnet_stream),
    ("tls_records", tls_records),
    ("tls_session", tls_session),
    ("tls_ssl2", tls_ssl2),
];

/// The ends of three pieces in which bytes may arrive.
fn pieces(bytes: &[u8]) -> [usize; 3] {
    [bytes.len() / 3, bytes.len() / 3 * 2, bytes.len()]
}

/// A certificate in DER or PEM: reading it, its key and names, and checking its signature and chain.
pub fn certificate(bytes: &[u8]) {
    let chain = x509::pem_to_der(bytes).unwrap_or_else(|_| vec![bytes.to_vec()]);
    let _ = x509::public_key(bytes);
    for der in chain.iter().take(8) {
        if let Ok(read) = x509::parse(der) {
            let _ = x509::name_matches(&read, "device.example");
        }
        let _ = (x509::rsa_numbers(der), x509::signed_by(der, chain.first().unwrap_or(der)));
    }
    let _ = x509::validate(&chain, &chain, "device.example", 1_800_000_000);
}

/// A list of links of a `CoAP` server.
pub fn coap_links(bytes: &[u8]) {
    for link in coap::links::parse(&String::from_utf8_lossy(bytes)) {
        let _ = link.is_local();
    }
}

/// A datagram of a `CoAP` server.
pub fn coap_message(bytes: &[u8]) {
    let id = bytes.get(2..4).map_or(0, |id| u16::from_be_bytes([id[0], id[1]]));
    let token = bytes.get(4..8).unwrap_or_default();
    for asked in [token, &[]] {
        if let Ok(coap::message::Heard::Answer(answer, _)) = coap::message::hear(bytes, id, asked) {
            let _ = (answer.text(), answer.block());
        }
    }
}

/// What a DTLS server sends, as one datagram and as three.
pub fn dtls_records(bytes: &[u8]) {
    for ends in [[0, 0, bytes.len()], pieces(bytes)] {
        let mut heard = dtls::records::Heard::default();
        let mut start = 0;
        for end in ends {
            heard.push(&bytes[start..end]);
            start = end;
            let _ = (heard.flight(), heard.cookie(), heard.is_done());
        }
    }
}

/// A reply of an FTP server.
pub fn ftp_reply(bytes: &[u8]) {
    for end in pieces(bytes) {
        let _ = ftp::parse_reply(&bytes[..end]);
    }
}

/// An HTTP answer in pieces, and all that is read out of one.
pub fn http_answer(bytes: &[u8]) {
    for method in ["GET", "HEAD"] {
        let mut reader = http::read::Reader::new(method);
        let end = pieces(bytes).into_iter().find(|end| reader.enough(&bytes[..*end])).unwrap_or(bytes.len());
        let http::read::Read::Answer(answer, _) = reader.finish(&bytes[..end]) else { continue };
        let _ = (http::Access::of(&answer), http::words::of(&answer), answer.json(), answer.is_html());
        for text in answer.headers_all("set-cookie") {
            let _ = http::Cookie::parse(text);
        }
        let _ = http::challenges(&answer);
    }
}

/// A challenge to log in (`WWW-Authenticate`), and the answer to it.
pub fn http_challenge(bytes: &[u8]) {
    let value = String::from_utf8_lossy(bytes).into_owned();
    let answer = http::Answer {
        status: 401,
        reason: String::new(),
        version: "1.1".to_owned(),
        headers: vec![("WWW-Authenticate".to_owned(), value)],
        body: Vec::new(),
        oddities: Vec::new(),
    };
    for challenge in http::challenges(&answer) {
        let _ = http::digest::authorization(&challenge, "user", "password", "GET", "/");
    }
}

/// The value of a `Set-Cookie`, and the cookie sent back.
pub fn http_cookie(bytes: &[u8]) {
    if let Some(cookie) = http::Cookie::parse(&String::from_utf8_lossy(bytes)) {
        let _ = cookie.is_removal();
        let _ = http::cookie::header(&[cookie], "/");
    }
}

/// A page: its fields, its links, and whether it asks to log in.
pub fn http_page(bytes: &[u8]) {
    let page = String::from_utf8_lossy(bytes);
    let _ = (http::inputs(&page), http::links("device.example:8443", "/a/b?c", &page), http::is_login_page(&page));
}

/// A message of multicast DNS.
pub fn mdns_message(bytes: &[u8]) {
    let _ = mdns::parse(bytes);
}

/// What an MQTT broker sends, in pieces, in both versions.
pub fn mqtt_packets(bytes: &[u8]) {
    for version in [mqtt::Version::V311, mqtt::Version::V5] {
        let mut waiting = BytesMut::new();
        let mut start = 0;
        for end in pieces(bytes) {
            waiting.extend_from_slice(&bytes[start..end]);
            start = end;
            while let Ok(Some(_)) = mqtt::codec::take(&mut waiting, version) {}
        }
    }
}

/// An answer of a time server.
pub fn ntp_answer(bytes: &[u8]) {
    // the time in the request is that which the answer repeats, so that reading goes on
    let sent = bytes.get(24..32).and_then(|time| time.try_into().ok()).map_or(0, |time| ntp::from_ntp(time, 0));
    let _ = ntp::read(bytes, sent, sent.saturating_add(1_000_000));
}

/// What a client says to the laboratory in the place of its server.
pub fn client(bytes: &[u8]) {
    peer::read_anything(bytes);
}

/// The first bytes of an unknown service.
pub fn port_banner(bytes: &[u8]) {
    let _ = (ports::recognise::recognise(bytes), ports::recognise::wants_tls(bytes));
}

/// A message of an SNMP agent.
pub fn snmp_message(bytes: &[u8]) {
    let _ = (snmp::read_response(bytes, 1), snmp::read_report(bytes));
}

/// A reply of SSDP.
pub fn ssdp_reply(bytes: &[u8]) {
    let _ = ssdp::parse_reply(bytes);
}

/// What an SSH server sends: its banner, then packets in clear and sealed, each read as every message that is known.
pub fn ssh_packets(bytes: &[u8]) {
    ssh_kex::read_anything(bytes);
}

/// A stream of syslog messages, in pieces.
pub fn syslog_stream(bytes: &[u8]) {
    let mut framer = syslog::Framer::default();
    let mut start = 0;
    for end in pieces(bytes) {
        let Ok(messages) = framer.push(&bytes[start..end]) else { return };
        start = end;
        for (_, message) in messages {
            let _ = syslog::parse(&message);
        }
    }
    let _ = framer.finish().map(|rest| syslog::parse(&rest));
}

/// What a Telnet server sends, and what its screen says.
pub fn telnet_stream(bytes: &[u8]) {
    let (mut options, mut text, mut reply) = (telnet::options::Options::default(), Vec::new(), Vec::new());
    options.take(bytes, &mut text, &mut reply);
    let screen = String::from_utf8_lossy(&text);
    let _ = (telnet::screen::last_line(&screen), telnet::screen::prompt(&screen), telnet::screen::verdict(&screen));
}

/// What a TLS server sends in clear, in pieces.
pub fn tls_records(bytes: &[u8]) {
    let mut reader = tls::records::Reader::default();
    for end in pieces(bytes) {
        reader.take(&bytes[..end]);
    }
    let _ = reader.heard().flight();
}

/// What a TLS server sends in a whole session: sealed records, its part of the key exchange.
pub fn tls_session(bytes: &[u8]) {
    tls::session::read_anything(bytes);
}

/// An answer to a hello of `SSLv2`.
pub fn tls_ssl2(bytes: &[u8]) {
    let _ = tls::ssl2::read(bytes);
}
