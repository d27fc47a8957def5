//! Good and broken descriptions, and traffic.

use proptest::prelude::*;

use super::*;

const GOOD: &str = r#"{"ietf-mud:mud":{"mud-version":1,"mud-url":"https://a.example/dw.json","mud-signature":"https://a.example/dw.p7s","last-update":"2026-01-02T03:04:05+00:00",
 "is-supported":true,"systeminfo":"a dishwasher","mfg-name":"Acme","from-device-policy":{"access-lists":{"access-list":[{"name":"f"}]}},
 "to-device-policy":{"access-lists":{"access-list":[{"name":"t"}]}}},
 "ietf-access-control-list:acls":{"acl":[{"name":"f","type":"ipv4-acl-type","aces":{"ace":[
  {"name":"cloud","matches":{"ipv4":{"ietf-acldns:dst-dnsname":"api.a.example","protocol":6},"tcp":{"ietf-mud:direction-initiated":"from-device",
   "destination-port":{"operator":"eq","port":443}}},"actions":{"forwarding":"accept"}},
  {"name":"near","matches":{"ietf-mud:mud":{"local-networks":[null]},"udp":{"destination-port":{"lower-port":5000,"upper-port":5010}}},"actions":{"forwarding":"accept"}},
  {"name":"eap","matches":{"eth":{"ethertype":"0x888e"}},"actions":{"forwarding":"accept"}},
  {"name":"ping","matches":{"ipv4":{"protocol":1},"icmp":{"type":8}},"actions":{"forwarding":"accept"}},
  {"name":"hub","matches":{"ietf-mud:mud":{"my-controller":[null]}},"actions":{"forwarding":"accept"}}]}},
 {"name":"t","type":"ipv4-acl-type","aces":{"ace":[{"name":"lab","matches":{"ipv4":{"source-ipv4-network":"192.0.2.0/24"}},"actions":{"forwarding":"accept"}}]}}]}}"#;

fn seen(direction: Direction, protocol: u8, peer: &str, port: u16) -> Seen {
    Seen {
        direction,
        protocol,
        peer: peer.parse().unwrap(),
        names: vec!["API.a.example.".to_owned()],
        is_local: Some(false),
        roles: Vec::new(),
        roles_complete: true,
        peer_port: Some(port),
        own_port: Some(40_000),
        initiated_by: Some(Direction::FromDevice),
    }
}

#[test]
fn traffic_is_held_against_a_description() {
    use Direction::{FromDevice, ToDevice};
    let mud = read(GOOD.as_bytes()).unwrap();
    assert_eq!((mud.problems.as_slice(), mud.flows.len(), mud.cache_validity, mud.is_supported), (&[][..], 6, 48, Some(true)));
    let allowed = |name: &str| Standing::Allowed(name.to_owned());
    let cloud = seen(FromDevice, 6, "198.51.100.1", 443);
    assert_eq!(mud.stands(&cloud), allowed("cloud"));
    assert_eq!(mud.stands(&Seen { peer_port: Some(80), ..cloud.clone() }), Standing::Refused);
    assert_eq!(mud.stands(&Seen { names: Vec::new(), ..cloud.clone() }), Standing::Refused);
    assert_eq!(mud.stands(&Seen { initiated_by: Some(ToDevice), ..cloud.clone() }), Standing::Refused);
    assert_eq!(mud.stands(&Seen { peer: "2001:db8::1".parse().unwrap(), ..cloud.clone() }), Standing::Refused);
    let near = Seen { is_local: Some(true), ..seen(FromDevice, 17, "198.51.100.1", 5_005) };
    assert_eq!(mud.stands(&near), allowed("near"));
    assert_eq!(mud.stands(&Seen { roles_complete: false, peer_port: Some(80), ..cloud.clone() }), Standing::Unclear("hub".to_owned()));
    assert_eq!(mud.stands(&Seen { roles: vec![Peer::MyController], peer_port: Some(80), ..cloud }), allowed("hub"));
    assert_eq!(mud.stands(&seen(FromDevice, 1, "198.51.100.1", 0)), Standing::Unclear("ping".to_owned()));
    assert_eq!(mud.stands(&seen(ToDevice, 1, "192.0.2.7", 0)), allowed("lab"));
    assert_eq!(mud.stands(&seen(ToDevice, 1, "192.0.3.7", 0)), Standing::Refused);
}

#[test]
fn every_departure_is_told() {
    for (from, to, what) in [
        ("\"mud-version\":1", "\"mud-version\":2", "only version"),
        ("\"mud-url\":\"https", "\"mud-url\":\"http", "no https"),
        ("\"last-update\"", "\"changed\"", "`last-update` is missing"),
        ("\"is-supported\":true", "\"is-supported\":\"yes\"", "is a text"),
        ("\"is-supported\":true", "\"is-supported\":true,\"cache-validity\":200", "200 hours"),
        ("[{\"name\":\"t\"}]", "[{\"name\":\"x\"}]", "`x` is not there"),
        ("192.0.2.0/24", "192.0.2.0/40", "no network"),
        ("\"port\":443", "\"port\":70000", "no port"),
        ("\"protocol\":6", "\"protocol\":17", "at once"),
        ("\"actions\":{\"forwarding\":\"accept\"}},\n  {\"name\":\"near\"", "\"action\":1},\n  {\"name\":\"near\"", "`actions` is missing"),
        ("control-list:acls", "control-list:access-lists", "of a draft"),
    ] {
        let broken = GOOD.replace(from, to);
        let problems = read(broken.as_bytes()).unwrap().problems;
        assert!(broken != GOOD && problems.iter().any(|problem| problem.what.contains(what)), "{what}: {problems:?}");
    }
    assert!(read(b"{}").is_err() && read(&GOOD.as_bytes()[..300]).is_err());
    assert!(read(br#"{"ietf-mud:mud":7}"#).unwrap().flows.is_empty());
}

proptest! {
    #[test]
    fn any_bytes_do_not_panic(bytes: Vec<u8>, at in 0..GOOD.len(), byte: u8) {
        let mut json = GOOD.as_bytes().to_vec();
        json[at] = byte;
        for bytes in [&bytes, &json] {
            let _ = read(bytes).map(|mud| mud.stands(&seen(Direction::FromDevice, 6, "192.0.2.1", 443)));
        }
        let _ = read_signature(&bytes, GOOD.as_bytes(), Trust::Anchors(&[], time::OffsetDateTime::UNIX_EPOCH));
    }
}
