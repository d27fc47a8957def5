use super::{agent::answer, ber};

fn request(version: i32, community: &[u8], kind: u8, numbers: [i32; 3], name: &[u32]) -> Vec<u8> {
    let variable = ber::write(ber::SEQUENCE, &[ber::write_oid(name), ber::write(ber::NULL, &[])].concat());
    let body = [numbers.map(ber::write_integer).concat(), ber::write(ber::SEQUENCE, &variable)].concat();
    ber::write(ber::SEQUENCE, &[ber::write_integer(version), ber::write(ber::OCTETS, community), ber::write(kind, &body)].concat())
}

fn holds(answer: &[u8], part: &[u8]) -> bool {
    answer.windows(part.len()).any(|window| window == part)
}

const DESCRIPTION: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 1, 0];

#[test]
fn public_reads_the_system_group() {
    for version in [0, 1] {
        let found = answer(&request(version, b"public", 0xa0, [77, 0, 0], &DESCRIPTION), 5).unwrap();
        assert!(holds(&found, b"Connected dishwasher DW-100"));
        let next = answer(&request(version, b"public", 0xa1, [77, 0, 0], &[1, 3, 6, 1, 2, 1, 1, 3, 0]), 5).unwrap();
        assert!(holds(&next, b"dishwasher"));
    }
    let bulk = answer(&request(1, b"public", 0xa5, [77, 0, 10], &[1, 3]), 5).unwrap();
    assert!(holds(&bulk, b"Connected dishwasher DW-100") && holds(&bulk, &[0x82, 0]));
}

#[test]
fn other_communities_and_noise_get_no_answer() {
    let good = request(1, b"public", 0xa0, [1, 0, 0], &DESCRIPTION);
    assert_eq!(answer(&request(1, b"private", 0xa0, [1, 0, 0], &DESCRIPTION), 0), None);
    assert_eq!(answer(&request(3, b"public", 0xa0, [1, 0, 0], &DESCRIPTION), 0), None);
    for end in 0..good.len() {
        assert_eq!(answer(&good[..end], 0), None, "cut at {end}");
    }
}

#[test]
fn numbers_survive() {
    for number in [0, 1, 127, 128, 255, 256, 65_535, 1 << 30, -1, -129, i32::MIN] {
        let written = ber::write_integer(number);
        assert_eq!(ber::integer(&mut crate::reader::Reader::new(&written)), Some(number));
    }
    let name = [1, 3, 6, 1, 4, 1, 32473, 0, 127, 128, 16384];
    let written = ber::write_oid(&name);
    assert_eq!(ber::arcs(&written[2..]).as_deref(), Some(&name[..]));
}
