use super::*;

fn told(sent: &[u8], received: &[u8], port: u16, start_seen: bool) -> (Protocol, u64) {
    let mut records = [tls::Records::default(), tls::Records::default()];
    records[0].push(sent);
    records[1].push(received);
    let [one, two] = &records;
    let (protocol, _, strangers) = stream(&Stream { sent, received, records: [one, two], ports: [50_000, port], start_seen });
    (protocol, strangers)
}

#[test]
fn streams_are_told_by_their_form() {
    let cases: [(&[u8], &[u8], u16, Protocol); 14] = [
        (b"SSH-2.0-a\r\n", b"SSH-2.0-b\r\n", 2222, Protocol::Ssh),
        (b"GET / HTTP/1.1\r\n\r\n", b"", 443, Protocol::Http),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"", 8080, Protocol::Http2),
        (b"\x10\x0e\0\x04MQTT\x04\x02\0\x3c\0\x02ab", b"\x20\x02\0\0", 8883, Protocol::Mqtt),
        (b"EHLO x\r\n", b"220 x\r\n", 587, Protocol::Smtp),
        (b"USER x\r\n", b"220 x\r\n", 21, Protocol::Ftp),
        (b"", b"\xff\xfd\x18\xff\xfd\x20", 2323, Protocol::Telnet),
        (b"\0\x13\0\x01\x01\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01", b"", 53, Protocol::Dns),
        (b"\0\x01\0\0\0\x06\x01\x03\0\0\0\x01", b"", 502, Protocol::Modbus),
        (b"<34>1 2026-01-01T00:00:00Z a b", b"", 6514, Protocol::Syslog),
        (b"\x16\x03", b"", 443, Protocol::Unclassified),
        (b"secret", b"ok", 443, Protocol::Unclassified),
        (b"SSL", b"SSH", 22, Protocol::Unclassified),
        (b"\0\x01\0\0\0\x06\x01\x03\0\0\0\x01", b"", 503, Protocol::Unclassified),
    ];
    for (sent, received, port, expected) in cases {
        assert_eq!(told(sent, received, port, true), (expected, 0), "{} at {port}", sent.escape_ascii());
        assert!(!expected.protects() || expected == Protocol::Ssh);
    }
}

#[test]
fn tls_must_stay_tls() {
    let hello = tls::tests::client();
    assert_eq!(told(&hello, b"\x15\x03\x03\0\x02\x02\x28", 9, true), (Protocol::Tls, 0));
    assert_eq!(told(&hello, b"HTTP/1.1 400 Bad Request", 9, true), (Protocol::Tls, 24));
    assert_eq!(told(&[&hello[..], b"and now in clear"].concat(), b"", 443, true), (Protocol::Tls, 16));
    let middle = b"\x17\x03\x03\0\x02ab\x17\x03\x03\0\x01c";
    assert_eq!(told(middle, b"", 443, false), (Protocol::Tls, 0));
    assert_eq!(told(middle, b"", 443, true), (Protocol::Unclassified, 0), "no connection begins like this");
    assert_eq!(told(b"\x17\x03\x03\0\x02ab", b"x", 443, false).0, Protocol::Unclassified);
    assert_eq!(told(b"HTTP/1.1 200 OK\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", 50_001, false).0, Protocol::Http);
}

fn of_datagram(bytes: &[u8], port: u16, known: Option<Protocol>) -> Option<Protocol> {
    let asked = Datagram { bytes, ports: [50_000, port], by_initiator: true, to_all: false, short_headers: false };
    datagram(&asked, known).map(|(protocol, _)| protocol)
}

#[test]
fn datagrams_are_told_by_form_and_port() {
    let dns = b"\0\x01\x01\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01";
    let cases: [(&[u8], u16, Option<Protocol>); 12] = [
        (dns, 53, Some(Protocol::Dns)),
        (dns, 5353, Some(Protocol::Mdns)),
        (dns, 5355, Some(Protocol::Llmnr)),
        (dns, 9, None),
        (b"M-SEARCH * HTTP/1.1\r\n\r\n", 1900, Some(Protocol::Ssdp)),
        (b"\xc3\0\0\0\x01\x08abcdefgh\0rest", 443, Some(Protocol::Quic)),
        (b"\x81\x0a\0\x08abcd", 47_808, Some(Protocol::Bacnet)),
        (b"<13>Oct 1 x", 514, Some(Protocol::Syslog)),
        (b"\x40\x01\0\x01", 5683, Some(Protocol::Coap)),
        (b"\x40\x01\0\x01", 9, None),
        (b"\x01\0\0\x01", 547, Some(Protocol::Dhcpv6)),
        (b"anything", 5684, None),
    ];
    for (bytes, port, expected) in cases {
        assert_eq!(of_datagram(bytes, port, None), expected, "{} at {port}", bytes.escape_ascii());
    }
    assert_eq!(of_datagram(&[0x23; 48], 123, None), Some(Protocol::Ntp));
    assert_eq!(of_datagram(b"<34>1 in clear", 5684, Some(Protocol::Dtls)), None, "this looks like a short header of DTLS 1.3");
    assert_eq!(of_datagram(b"\x43anything", 443, Some(Protocol::Quic)), Some(Protocol::Quic));
}
