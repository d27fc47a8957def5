use super::*;

fn counted(bytes: usize, content: &[u8]) -> Vec<u8> {
    [&content.len().to_be_bytes()[8 - bytes..], content].concat()
}

fn client_body(cookie: &[u8]) -> Vec<u8> {
    let name = counted(2, &[&[0][..], &counted(2, b"Hub.Example")].concat());
    let extensions = [
        [&[0, 0][..], &counted(2, &name)].concat(),
        [&[0, 43][..], &counted(2, &[4, 3, 4, 3, 3])].concat(),
        [&[0, 10][..], &counted(2, &[0, 2, 0, 29])].concat(),
        [&[0, 13][..], &counted(2, &[0, 2, 8, 4])].concat(),
        [&[0, 16][..], &counted(2, &counted(2, b"\x02h2\x08http/1.1"))].concat(),
    ];
    [&[3, 3][..], &[7; 32], &[0], cookie, &counted(2, &[0x13, 1, 0xc0, 0x2b]), &[1, 0], &counted(2, &extensions.concat())].concat()
}

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3][..], &counted(2, content)].concat()
}

pub(in crate::recognise) fn client() -> Vec<u8> {
    let message = [&[CLIENT_HELLO][..], &counted(3, &client_body(b""))].concat();
    // in two records, as a message may be
    let (one, two) = message.split_at(50);
    [record(HANDSHAKE, one), record(HANDSHAKE, two)].concat()
}

fn server_body() -> Vec<u8> {
    [&[3, 3][..], &[8; 32], &[0, 0x13, 1, 0], &counted(2, &[0, 43, 0, 2, 3, 4])].concat()
}

#[test]
fn both_hellos_are_read() {
    let (client, none) = hellos(&client());
    let hello = client.unwrap();
    assert_eq!(
        (hello.legacy_version, &hello.supported_versions[..], &hello.suites[..]),
        (0x303, &[0x304, 0x303][..], &[0x1301, 0xc02b][..])
    );
    assert_eq!(
        (&hello.groups[..], &hello.signature_algorithms[..], hello.server_name.as_deref()),
        (&[29][..], &[0x804][..], Some("hub.example"))
    );
    assert_eq!((hello.alpn, hello.extensions, none), (vec!["h2".into(), "http/1.1".into()], vec![0, 43, 10, 13, 16], None));
    let server = record(HANDSHAKE, &[&[SERVER_HELLO][..], &counted(3, &server_body())].concat());
    assert_eq!(hellos(&server).1, Some(ServerHello { version: 0x304, suite: 0x1301 }));
    assert!(begins(&server) && !begins(b"GET / HTTP/1.1"));
}

#[test]
fn records_are_followed_in_any_pieces() {
    let good = [client(), record(20, &[1]), record(APPLICATION_DATA, &[9; 300]), record(ALERT, &[1, 0])].concat();
    for size in [1, 4, 1000] {
        let mut records = Records::default();
        good.chunks(size).for_each(|piece| records.push(piece));
        assert_eq!((records.whole, records.data, records.alerts, records.strange), (5, 1, 1, 0), "by {size}");
        records.push(b"GET / HTTP/1.1");
        assert_eq!(records.strange, 14);
    }
    let mut records = Records::default();
    records.push(&record(APPLICATION_DATA, &[9; 300])[..50]);
    records.gap(255);
    assert_eq!((records.whole, records.strange), (0, 0), "what follows a gap may begin anywhere");
    records.push(b"anything");
    assert_eq!(records.strange, 0);
}

#[test]
fn datagrams_are_read_to_their_end() {
    let record = |kind, epoch, content: &[u8]| [&[kind, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 1][..], &counted(2, content)].concat();
    let message = |kind, body: &[u8]| [&[kind][..], &counted(3, body)[..3], &[0, 0, 0, 0, 0], &counted(3, body)].concat();
    let hello = record(HANDSHAKE, 0, &message(CLIENT_HELLO, &client_body(b"\x02ab")));
    let seen = datagram(&hello, false, true).unwrap();
    assert_eq!(seen.client.unwrap().server_name.as_deref(), Some("hub.example"));
    let answer = [record(HANDSHAKE, 0, &message(SERVER_HELLO, &server_body())), record(APPLICATION_DATA, 1, b"x")].concat();
    let seen = datagram(&answer, false, false).unwrap();
    assert_eq!((seen.server.map(|hello| hello.suite), seen.sent_data, seen.received_data), (Some(0x1301), false, true));
    assert!(datagram(&[0x2f, 1, 2], true, true).is_some_and(|seen| seen.sent_data) && datagram(&[0x2f, 1, 2], false, true).is_none());
    assert!(datagram(&hello[..40], false, true).is_none() && datagram(&[&hello[..], b"clear"].concat(), true, true).is_none());
}
