use super::*;
use crate::facts::Closed;
use crate::search::Form;
use crate::testing::{ACK, Builder, RST, START, SYN, SYN_ACK, address, ethernet, interest, ipv4, mac, udp};
use crate::{Detail, Protocol, Step, read};

const CLIENT: (u8, u16) = (1, 50_000);
const WEB: (u8, u16) = (2, 80);
const REQUEST: &[u8] = b"GET /?k=canary-0815 HTTP/1.1\r\nHost: hub.example\r\n\r\n";

fn dns(id: u16, answer: bool) -> Vec<u8> {
    let (flags, count) = if answer { (0x81, 1) } else { (1, 0) };
    let head = [&id.to_be_bytes()[..], &[flags, 0, 0, 1, 0, count, 0, 0, 0, 0], b"\x03api\x07example\0\0\x01\0\x01"].concat();
    if answer { [&head[..], b"\xc0\x0c\0\x01\0\x01\0\0\0\x09\0\x04\x0a\0\0\x02"].concat() } else { head }
}

#[test]
fn a_connection_is_one_flow_with_its_facts() {
    let capture = Builder::new().talk(CLIENT, WEB, REQUEST, b"HTTP/1.1 200 OK\r\n\r\n").read();
    let [flow] = capture.flows.as_slice() else { panic!("{:?}", capture.flows) };
    assert_eq!((flow.protocol, flow.protects, flow.start_seen, flow.closed), (Protocol::Http, false, true, Some(Closed::Finished)));
    assert_eq!((flow.initiator.address, flow.responder.port), (Some(address(1).into()), Some(80)));
    assert_eq!((flow.initiator.component.as_deref(), flow.responder.component.as_deref()), (Some("device"), Some("hub")));
    assert_eq!((flow.sent.packets, flow.received.packets, flow.sent.bytes), (4, 3, REQUEST.len().try_into().unwrap()));
    assert_eq!((flow.sent.initial_sequence, flow.received.initial_sequence), (Some(100), Some(900)));
    assert_eq!((flow.sent.missing, flow.received.missing, flow.partly, flow.strangers), (0, 0, false, 0));
    assert_eq!((flow.names.as_slice(), flow.time.unwrap().length()), (["hub.example".to_owned()].as_slice(), 6_000_000));
    let [hit] = capture.hits.as_slice() else { panic!("{:?}", capture.hits) };
    assert_eq!((hit.canary.as_str(), hit.form, hit.flow, hit.by_initiator, hit.offset), ("key", Form::Plain, 0, true, 8));
    let [device, hub] = capture.components.as_slice() else { panic!() };
    assert_eq!((device.sent, device.received, hub.sent, hub.flows), (4, 3, 3, 1));
    assert!(!capture.cut && capture.packets.all == 7 && capture.packets.undecoded == 0);
}

#[test]
fn a_canary_is_found_across_segments_out_of_order() {
    let begun =
        Builder::new().tcp(CLIENT, WEB, 0, 0, SYN, b"").tcp(CLIENT, WEB, 9, 0, ACK, b"0815 tail").tcp(CLIENT, WEB, 1, 0, ACK, b"xcan");
    let capture = begun.tcp(CLIENT, WEB, 3, 0, ACK, b"anary-0").read();
    assert_eq!(capture.hits.iter().map(|hit| hit.offset).collect::<Vec<_>>(), [1]);
    assert_eq!(capture.flows[0].sent.repeated, 3);
    let capture = Builder::new().tcp(CLIENT, WEB, 10, 0, ACK, b"canary-").tcp(CLIENT, WEB, 17, 0, ACK, b"0815").read();
    assert_eq!(capture.hits.iter().map(|hit| hit.offset).collect::<Vec<_>>(), [0]);
    assert!(!capture.flows[0].start_seen && capture.flows[0].protocol == Protocol::Unclassified && !capture.flows[0].protects);
}

#[test]
fn missing_bytes_are_counted() {
    let begun = Builder::new().tcp(CLIENT, WEB, 0, 0, SYN, b"").tcp(WEB, CLIENT, 50, 1, SYN_ACK, b"");
    let capture = begun.tcp(CLIENT, WEB, 1, 51, ACK, b"GET").tcp(CLIENT, WEB, 14, 51, ACK, b"x").tcp(WEB, CLIENT, 51, 0, RST, b"").read();
    let flow = &capture.flows[0];
    assert_eq!((flow.sent.gaps, flow.sent.missing, flow.partly, flow.closed), (1, 10, true, Some(Closed::Reset)));
    let quiet = Builder::new().tcp(CLIENT, WEB, 0, 0, SYN, b"").tcp(WEB, CLIENT, 50, 101, ACK, b"").read();
    assert_eq!(
        (quiet.flows[0].sent.missing, quiet.flows[0].protocol),
        (99, Protocol::Unclassified),
        "only the answer tells that there was more"
    );
    let late =
        Builder::new().tcp(CLIENT, WEB, 0, 0, SYN, b"").tcp(WEB, CLIENT, 50, 1, RST, b"").tcp(CLIENT, WEB, 1, 51, ACK, b"all the same");
    assert_eq!(late.read().flows[0].protocol, Protocol::Unclassified, "a reset does not make what follows nothing");
    let silent = Builder::new().talk(CLIENT, WEB, b"", b"").read();
    assert_eq!((silent.flows[0].protocol, silent.flows[0].protects), (Protocol::Empty, false));
}

#[test]
fn ports_used_again_make_flows_of_their_own() {
    let twice = Builder::new().talk(CLIENT, WEB, b"GET / HTTP/1.1\r\n\r\n", b"").tcp(CLIENT, WEB, 5000, 0, SYN, b"");
    let capture = twice.tcp(CLIENT, WEB, 5001, 0, ACK, b"other").read();
    assert_eq!(capture.flows.iter().map(|flow| flow.protocol).collect::<Vec<_>>(), [Protocol::Http, Protocol::Unclassified]);
    let [contact] = capture.contacts().try_into().unwrap_or_else(|all| panic!("{all:?}"));
    assert_eq!((contact.starts[0], contact.intervals()), (START, vec![7_000_000]));
}

#[test]
fn names_lead_to_later_flows_and_questions_spread() {
    let (asker, server) = ((1, 40_000), (3, 53));
    let before = Builder::new().talk((1, 49_999), (2, 443), b"x", b"");
    let asked = before.udp(asker, server, &dns(7, false)).udp((1, 40_001), server, &dns(8, false)).udp(server, asker, &dns(7, true));
    let capture = asked.udp(server, asker, &dns(7, true)).talk(CLIENT, (2, 443), b"x", b"").read();
    assert_eq!((&capture.flows[0].names[..], &capture.flows[3].names[..]), (&[][..], &["api.example".to_owned()][..]));
    let [one, two] = capture.queries.as_slice() else { panic!() };
    assert_eq!((one.id, one.port, one.answered, one.more_answers, two.answered), (7, 40_000, Some(0), 1, None));
    let [spread] = capture.spreads.as_slice() else { panic!() };
    assert_eq!((spread.queries, spread.ports, spread.ids, spread.port_steps, spread.id_steps), (2, 2, 2, 1, 1));
}

#[test]
fn a_datagram_in_fragments_is_read_and_a_lost_part_is_told() {
    let mut builder = Builder::new();
    let whole = udp(40_000, 53, &dns(7, false));
    let (one, two) = whole.split_at(16);
    builder.frames.push(ethernet(1, 3, 0x0800, &ipv4(1, 3, 17, 5, 2, two)));
    builder.frames.push(ethernet(1, 3, 0x0800, &ipv4(1, 3, 17, 6, 0x2000, one)));
    builder.frames.push(ethernet(1, 3, 0x0800, &ipv4(1, 3, 17, 5, 0x2000, one)));
    let capture = builder.read();
    assert_eq!((capture.flows.len(), capture.flows[0].protocol, capture.queries.len()), (1, Protocol::Dns, 1));
    assert_eq!((capture.packets.fragments, capture.packets.not_reassembled), (3, 1));
}

#[test]
fn other_traffic_has_flows_too_and_strangers_are_counted() {
    let hello = [&[255; 6][..], &mac(1).0, &[8, 6, 0, 1, 8, 0, 6, 4, 0, 1], &[0; 20]].concat();
    let mut builder = Builder::new().udp((1, 5683), (2, 5683), b"\x40\x01\0\x01").udp((1, 5683), (2, 5683), b"in clear");
    builder.frames.extend([
        hello,
        ethernet(1, 2, 0x0800, &ipv4(1, 2, 1, 0, 0, b"\x08\0canary-0815")),
        ethernet(1, 2, 0x9999, b"what"),
        vec![1, 2],
    ]);
    let capture = builder.read();
    let seen: Vec<_> = capture.flows.iter().map(|flow| (flow.transport, flow.protocol, flow.strangers)).collect();
    let expected = [
        (Transport::Udp, Protocol::Coap, 1),
        (Transport::Link(0x0806), Protocol::Arp, 0),
        (Transport::Ip(1), Protocol::Icmp, 0),
        (Transport::Link(0x9999), Protocol::Unclassified, 1),
    ];
    assert_eq!(seen, expected);
    assert_eq!((capture.flows[1].reach, capture.packets.undecoded, capture.hits[0].flow), (Reach::Broadcast, 1, 2));
}

#[test]
fn coap_away_from_its_port_shows_by_its_answer() {
    let asked = Builder::new().udp((1, 40_000), (2, 9999), b"\x42\x01\0\x01ab").udp((2, 9999), (1, 40_000), b"\x62\x45\0\x01ab\xffhi");
    let flow = &asked.read().flows[0];
    assert!(matches!(flow.detail, Detail::Coap(_)) && flow.strangers == 0, "{flow:?}");
}

#[test]
fn leases_are_kept_one_by_one() {
    let head = [&[1, 1, 6, 0, 0, 0, 0, 9, 0, 0, 0, 0, 10, 0, 0, 1][..], &[0; 12], &mac(1).0, &[0; 202], &[99, 130, 83, 99, 53, 1]].concat();
    let message = |kind: u8| [&head[..], &[kind, 255]].concat();
    let (client, server) = ((1, 68), (3, 67));
    let capture =
        Builder::new().udp(client, server, &message(3)).udp(client, (255, 67), &message(3)).udp(client, server, &message(7)).read();
    assert_eq!(capture.leases.iter().map(|lease| lease.said.step).collect::<Vec<_>>(), [Step::Renew, Step::Rebind, Step::Release]);
}

#[test]
fn bounds_are_kept_and_told() {
    let many = (0..200).fold(Builder::new(), |builder, port| builder.udp((1, 10_000 + port), (3, 53), &dns(port, true)));
    let begun = (0..20).fold(many, |builder, port| builder.tcp((1, port), WEB, 1, 0, ACK, REQUEST));
    let limits = Limits { flows: 150, head: 64, held: 200, records: 0, hits: 3 };
    let capture = read(begun.file().as_slice(), &interest(), &limits).unwrap();
    assert_eq!((capture.flows.len(), capture.packets.unassigned), (150, 70));
    assert_eq!(capture.met, [Bound::Flows, Bound::Names].into());
    let capture = read(begun.file().as_slice(), &interest(), &Limits { flows: 999, ..limits }).unwrap();
    assert_eq!((capture.hits.len(), capture.met), (3, [Bound::Held, Bound::Names, Bound::Hits].into()));
    assert!(capture.cut && capture.flows.iter().rev().take(20).all(|flow| flow.protocol == Protocol::Http));
}
