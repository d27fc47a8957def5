use super::*;

/// A file in the older format with a packet of three bytes, of which the wire had four.
fn pcap(order: Order, magic: u32, fraction: u32) -> Vec<u8> {
    let four = |number: u32| if order == Order::Little { number.to_le_bytes() } else { number.to_be_bytes() };
    let two = |number: u16| if order == Order::Little { number.to_le_bytes() } else { number.to_be_bytes() };
    let head = [&four(magic)[..], &two(2), &two(4), &[0; 8], &four(65_535), &four(113)].concat();
    [&head, &four(7)[..], &four(fraction), &four(3), &four(4), b"abc"].concat()
}

fn block(order: Order, kind: u32, body: &[u8]) -> Vec<u8> {
    let four = |number: u32| if order == Order::Little { number.to_le_bytes() } else { number.to_be_bytes() };
    let length = four(u32::try_from(body.len() + 12).unwrap());
    [&four(kind)[..], &length, body, &length].concat()
}

/// A section with two interfaces of different clocks and a packet of each kind, and a block that nobody knows.
fn section(order: Order) -> Vec<u8> {
    let four = |number: u32| if order == Order::Little { number.to_le_bytes() } else { number.to_be_bytes() };
    let two = |number: u16| if order == Order::Little { number.to_le_bytes() } else { number.to_be_bytes() };
    let head = [&four(0x1a2b_3c4d)[..], &two(1), &two(0), &[255; 8]].concat();
    let name = [&two(2)[..], &two(3), b"lo\0\0"].concat();
    let clock = [&two(9)[..], &two(1), &[0x80 | 1, 0, 0, 0], &two(0), &two(0)].concat();
    let packet = [&four(1)[..], &four(0), &four(5), &four(3), &four(9), b"abc\0", &name].concat();
    let old = [&two(0)[..], &two(7), &four(0), &four(6), &four(1), &four(1), b"d\0\0\0"].concat();
    [
        block(order, 0x0a0d_0d0a, &head),
        block(order, 1, &[&two(1)[..], &two(0), &four(2), &name].concat()),
        block(order, 1, &[&two(101)[..], &two(0), &four(0), &name, &clock].concat()),
        block(order, 6, &packet),
        block(order, 0x0bad, b"what"),
        block(order, 2, &old),
        block(order, 3, &[&four(3)[..], b"ef\0\0"].concat()),
    ]
    .concat()
}

type Read = (Option<u64>, u16, usize, Vec<u8>);

fn all(bytes: &[u8]) -> (Vec<Read>, Ending) {
    let (mut frames, mut list) = (Frames::open(bytes).unwrap(), Vec::new());
    loop {
        match frames.next().unwrap() {
            Next::Frame(frame) => list.push((frame.at, frame.link, frame.whole, frame.bytes.to_vec())),
            Next::End(ending) => return (list, ending),
        }
    }
}

#[test]
fn older_files_are_read_in_both_orders_and_both_units() {
    for order in [Order::Little, Order::Big] {
        for (magic, time) in [(0xa1b2_c3d4, 7_000_009_000), (0xa1b2_3c4d, 7_000_000_009)] {
            assert_eq!(all(&pcap(order, magic, 9)), (vec![(Some(time), 113, 4, b"abc".to_vec())], Ending::Whole));
        }
    }
}

#[test]
fn sections_of_both_orders_follow_each_other() {
    let half = |order| {
        let (packets, ending) = all(&section(order));
        assert_eq!(ending, Ending::Whole);
        packets
    };
    let expected = vec![(Some(2_500_000_000), 101, 9, b"abc".to_vec()), (Some(6_000), 1, 1, b"d".to_vec()), (None, 1, 3, b"ef".to_vec())];
    assert_eq!((half(Order::Little), half(Order::Big)), (expected.clone(), expected.clone()));
    let both = all(&[section(Order::Big), section(Order::Little)].concat());
    assert_eq!(both.0, [expected.clone(), expected].concat());
}

#[test]
fn what_is_written_is_read() {
    let mut writer = Writer::new(Vec::new()).unwrap();
    assert!(writer.packet(0, 0, b"x", 1).is_err(), "there is no interface");
    let (one, two) = (writer.interface(1, 0).unwrap(), writer.interface(276, 64).unwrap());
    writer.packet(two, 1_700_000_000_123_456_789, b"abcde", 9).unwrap();
    writer.packet(one, 5, b"", 0).unwrap();
    let expected = vec![(Some(1_700_000_000_123_456_789), 276, 9, b"abcde".to_vec()), (Some(5), 1, 0, vec![])];
    assert_eq!(all(&writer.finish().unwrap()), (expected, Ending::Whole));
}

#[test]
fn broken_files_end_torn_wherever_they_are_cut() {
    for whole in [pcap(Order::Little, 0xa1b2_c3d4, 9), section(Order::Big)] {
        let (packets, _) = all(&whole);
        for end in 1..whole.len() {
            if let Err(why) = Frames::open(&whole[..end]) {
                assert!(matches!(why, Unreadable::Foreign) && end < 24, "{why} at {end}");
                continue;
            }
            let (some, ending) = all(&whole[..end]);
            assert!(packets.starts_with(&some), "{end}");
            assert!(some.len() < packets.len() || matches!(ending, Ending::Torn(_)), "{end}");
        }
    }
    assert!(matches!(Frames::open(&b""[..]), Err(Unreadable::Empty)));
    assert!(matches!(Frames::open(&b"\x1f\x8b\x08\0 compressed and long enough"[..]), Err(Unreadable::Foreign)));
}

#[test]
fn wrong_lengths_end_torn() {
    let torn = |bytes: Vec<u8>, what: &str| match all(&bytes).1 {
        Ending::Torn(why) => assert!(why.contains(what), "{why}"),
        Ending::Whole => panic!("{what}"),
    };
    let mut long = pcap(Order::Little, 0xa1b2_c3d4, 9);
    long[32..36].copy_from_slice(&u32::MAX.to_le_bytes());
    torn(long, "claims 4294967295 bytes");
    let good = section(Order::Little);
    for (at, value, what) in [(4, 13_u32, "wrong length"), (4, 8, "wrong length"), (4, 32, "two lengths"), (8, 0, "order of bytes")] {
        let mut bad = good.clone();
        bad[at..at + 4].copy_from_slice(&value.to_le_bytes());
        torn(bad, what);
    }
    let place = good.windows(4).position(|four| four == 6_u32.to_le_bytes()).unwrap();
    for (at, value, what) in [(8, 2_u32, "no interface"), (20, 99, "longer than its block")] {
        let mut bad = good.clone();
        bad[place + at..place + at + 4].copy_from_slice(&value.to_le_bytes());
        torn(bad, what);
    }
}
