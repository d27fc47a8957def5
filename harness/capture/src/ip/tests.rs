use super::*;
use crate::testing;

fn v6(next: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
    [&[0x60, 0, 0, 0][..], &length, &[next, 64], &[0xfd; 16], &[0xfe; 16], payload].concat()
}

#[test]
fn version_4_leaves_out_what_fills_the_frame() {
    let packet = testing::ipv4(1, 2, 17, 0, 0, b"abc");
    let filled = [&packet[..], b"padding"].concat();
    let read = read(&filled, filled.len()).unwrap();
    assert_eq!((read.payload, read.whole, read.protocol, read.fragment), (&b"abc"[..], 3, 17, None));
    let cut = super::read(&packet[..21], packet.len()).unwrap();
    assert_eq!((cut.payload, cut.whole), (&b"a"[..], 3));
    for wrong in [&packet[..19], &[0x44; 40], &[0x50; 40], b""] {
        assert_eq!(super::read(wrong, 40), None);
    }
}

#[test]
fn fragments_are_told() {
    let packet = testing::ipv4(1, 2, 17, 7, 0x2002, b"abc");
    assert_eq!(read(&packet, 23).unwrap().fragment, Some(Fragment { id: 7, offset: 16, more: true }));
    let six = v6(44, &[17, 0, 0, 16, 0, 0, 0, 9, b'x']);
    let read = read(&six, six.len()).unwrap();
    assert_eq!((read.protocol, read.fragment, read.payload), (17, Some(Fragment { id: 9, offset: 16, more: false }), &b"x"[..]));
}

#[test]
fn extension_headers_are_passed_over() {
    let chain = [&[60, 0, 0, 0, 0, 0, 0, 0][..], &[51, 1, 0, 0, 0, 0, 0, 0], &[0; 8], &[44, 0, 0, 0, 0, 0, 0, 0], b"abc"].concat();
    let mut chain = chain;
    // options, then more options of two units, then a check of 12 bytes in all, then a fragment that is whole
    chain[8] = 44;
    chain[9] = 1;
    chain[24] = 17;
    let packet = v6(0, &chain);
    let read = read(&packet, packet.len()).unwrap();
    assert_eq!((read.protocol, read.payload, read.whole, read.fragment), (17, &b"abc"[..], 3, None));
    let endless = v6(0, &[0; 400]);
    assert_eq!(super::read(&endless, endless.len()).unwrap().protocol, 0);
}

#[test]
fn segments_and_datagrams_are_opened() {
    let segment = testing::tcp(1, 2, 3, 4, testing::FIN, b"abc");
    let read = tcp(&segment, segment.len()).unwrap();
    let expected = Segment { sequence: 3, acknowledged: Some(4), begins: false, ends: true, resets: false };
    assert_eq!((read.from, read.to, read.segment, read.payload, read.whole), (1, 2, Some(expected), &b"abc"[..], 3));
    let datagram = testing::udp(1, 2, b"abc");
    assert_eq!(udp(&datagram[..9], 11).map(|read| (read.payload, read.whole)), Some((&b"a"[..], 3)));
    let mut wrong = segment;
    wrong[12] = 0x40;
    assert!(tcp(&wrong, 23).is_none() && udp(&[0, 1, 0, 2, 0, 7, 0, 0], 8).is_none() && tcp(&wrong[..13], 13).is_none());
}
