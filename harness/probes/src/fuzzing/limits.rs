//! Every reader takes what is at its limit; what is one beyond is refused, or left out.

use bytes::BytesMut;

use crate::http::read::{Read, Reader};
use crate::{coap, dtls, ftp, http, mdns, mqtt, snmp, ssdp, syslog, telnet, tls, x509};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

fn answer(head: &str, body: usize) -> Read {
    let bytes = [head.as_bytes(), &vec![b'x'; body]].concat();
    let mut reader = Reader::new("GET");
    let _ = reader.enough(&bytes);
    reader.finish(&bytes)
}

fn length(read: &Read) -> Option<usize> {
    if let Read::Answer(answer, _) = read { Some(answer.body.len()) } else { None }
}

#[test]
fn bodies_of_a_mebibyte_are_read_however_they_are_framed() {
    let fixed = |length: usize| answer(&format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"), length);
    let chunk = |length: usize| answer(&format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n"), length + 2);
    let closed = |length: usize| answer("HTTP/1.1 200 OK\r\n\r\n", length);
    assert_eq!((length(&fixed(MIB)), length(&closed(MIB))), (Some(MIB), Some(MIB)));
    for read in [fixed(MIB + 1), chunk(MIB + 1), closed(MIB + 1)] {
        assert!(matches!(read, Read::TooLong(limit) if limit == MIB));
    }
    assert!(!matches!(chunk(MIB), Read::TooLong(_)));
}

#[test]
fn a_packed_body_stays_packed() {
    let read = answer("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 40\r\n\r\n", 40);
    assert_eq!(length(&read), Some(40), "a small body that unpacks to a large one is not unpacked");
}

#[test]
fn heads_fields_and_interim_answers_have_an_end() {
    assert!(matches!(answer(&format!("HTTP/1.1 200 OK\r\nA: {}", "b".repeat(64 * KIB)), 0), Read::TooLong(limit) if limit == 64 * KIB));
    let fields = |count: usize| answer(&format!("HTTP/1.1 204 OK\r\n{}\r\n", "A: b\r\n".repeat(count)), 0);
    for (count, kept) in [(256, 256), (257, 256)] {
        let Read::Answer(answer, _) = fields(count) else { panic!("{count} fields are too many") };
        assert_eq!((answer.headers.len(), answer.oddities.is_empty()), (kept, count == kept));
    }
    let interim = |count: usize| answer(&format!("{}HTTP/1.1 204 OK\r\n\r\n", "HTTP/1.1 100 Go on\r\n\r\n".repeat(count)), 0);
    assert!(matches!(interim(8), Read::Answer(..)) && matches!(interim(9), Read::Malformed(_)));
}

#[test]
fn pages_and_lists_are_read_up_to_their_number_of_links() {
    for (count, kept) in [(256, 256), (257, 256)] {
        let page = (0..count).map(|at| format!("<a href=\"/{at}\">")).collect::<Vec<_>>().concat();
        assert_eq!(http::links("device.example", "/", &page).len(), kept);
        let list: Vec<String> = (0..count).map(|at| format!("</{at}>")).collect();
        assert_eq!(coap::links::parse(&list.join(",")).len(), kept);
    }
    let ends = |length: usize| http::links("device.example", "/", &format!("<a href=\"/{}\">", "a".repeat(length - 1))).len();
    assert_eq!((ends(2048), ends(2049)), (1, 0));
}

#[test]
fn a_packet_of_mqtt_that_says_it_is_longer_is_not_waited_for() {
    let says = |length: [u8; 4]| mqtt::codec::take(&mut BytesMut::from(&[&[0x30], &length[..]].concat()[..]), mqtt::Version::V311);
    assert_eq!(says([0x80, 0x80, 0x90, 0]), Ok(None), "256 KiB are waited for");
    assert!(says([0x81, 0x80, 0x90, 0]).is_err(), "one byte more is not");
    assert!(says([0xff; 4]).is_err());
}

#[test]
fn names_of_dns_jump_sixteen_times_and_records_are_counted() {
    // a record of text whose content is a chain of pointers, each to the one before it, and a record named by the last of them
    let jumps = |count: u8| {
        let chain: Vec<u8> = (0..count - 1).flat_map(|at| [0xc0, if at == 0 { 12 } else { 23 + 2 * at }]).collect();
        let text = [&b"\x01a\0\0\x10\0\x01\0\0\0\x78\0"[..], &[2 * (count - 1)], &chain].concat();
        let named = [&[0xc0, 23 + 2 * (count - 1)][..], b"\0\x01\0\x01\0\0\0\x78\0\x04\xc0\0\x02\x01"].concat();
        mdns::parse(&[&b"\0\0\x84\0\0\0\0\x02\0\0\0\0"[..], &text, &named].concat())
    };
    assert_eq!(jumps(16).map(|message| message.records[1].name.clone()), Ok("a".to_owned()));
    assert!(jumps(17).is_err());
    let record = b"\0\0\x01\0\x01\0\0\0\x78\0\x04\xc0\0\x02\x01";
    let message = |count: u16| [&b"\0\0\x84\0\0\0"[..], &count.to_be_bytes(), &[0; 4], &record.repeat(count.into())].concat();
    let read = |count| mdns::parse(&message(count)).map(|message| (message.records.len(), message.cut));
    assert_eq!((read(256), read(257)), (Ok((256, false)), Ok((256, true))));
}

#[test]
fn records_of_tls_and_dtls_that_say_they_are_longer_are_no_records() {
    let tls = |length: u16| tls::records::read(&[&[22, 3, 3][..], &length.to_be_bytes()].concat());
    assert_eq!((tls(18_432).odd.is_some(), tls(18_433).odd.is_some()), (false, true));
    let message = |length: u32| tls::records::read(&[&[22, 3, 3, 0, 4, 2][..], &length.to_be_bytes()[1..]].concat());
    assert_eq!((message(128 * 1024).odd.is_some(), message(128 * 1024 + 1).odd.is_some()), (false, true));
    let dtls = |length: u32| {
        let fragment = [&[2][..], &length.to_be_bytes()[1..], &[0, 0, 0, 0, 0, 0, 0, 0]].concat();
        let mut heard = dtls::records::Heard::default();
        heard.push(&[&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12][..], &fragment].concat());
        heard.odd.is_some()
    };
    assert_eq!((dtls(64 * 1024), dtls(64 * 1024 + 1)), (false, true));
}

#[test]
fn certificates_that_are_too_long_are_not_looked_into() {
    let told = |length: usize| x509::parse(&vec![0x30; length]).unwrap_err();
    assert!(told(128 * KIB).starts_with("not a certificate"), "{}", told(128 * KIB));
    assert!(told(128 * KIB + 1).contains("longer than 131072 bytes"));
}

#[test]
fn lines_frames_and_fields_are_cut() {
    let reply = ftp::parse_reply(format!("220 {}\r\n", "a".repeat(513)).as_bytes()).unwrap().unwrap();
    assert_eq!(reply.lines[0].chars().count(), 512);
    let counted = |length: usize| syslog::Framer::default().push(format!("{length} <1>").as_bytes());
    assert!(counted(64 * KIB).is_ok() && counted(64 * KIB + 1).is_err());
    let found = ssdp::parse_reply(format!("HTTP/1.1 200 OK\r\nServer: {}\r\n", "a".repeat(513)).as_bytes()).unwrap();
    assert_eq!(found.server.map(|server| server.len()), Some(512));
    let late = format!("HTTP/1.1 200 OK\r\n{}Server: x\r\n", "A: b\r\n".repeat(64));
    assert_eq!(ssdp::parse_reply(late.as_bytes()).unwrap().server, None);
}

#[test]
fn nested_and_negotiating_bytes_take_no_more_than_they_are() {
    assert!(snmp::read_response(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff].repeat(10_000), 1).is_none(), "elements in elements");
    let (mut options, mut text, mut reply) = (telnet::options::Options::default(), Vec::new(), Vec::new());
    options.take(&[255, 253, 1, 255, 251, 1].repeat(10_000), &mut text, &mut reply);
    assert_eq!((text.len(), reply.len()), (0, 6), "each option is refused once");
}
