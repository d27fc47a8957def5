use super::*;

#[test]
fn mqtt_tells_whether_a_password_is_sent() {
    let connect = b"\x10\x20\0\x04MQTT\x04\xc2\0\x3c\0\x06washer\0\x04user\0\x06secret";
    let seen = mqtt(connect, b"\x20\x02\0\x05").unwrap();
    assert_eq!((seen.level, seen.user_name, seen.password, seen.client_id.as_deref()), (4, true, true, Some("washer")));
    assert_eq!(seen.answer, Some(5));
    let five = mqtt(b"\x10\x16\0\x04MQTT\x05\x02\0\x3c\x03\x21\0\x14\0\x06washer", b"").unwrap();
    assert_eq!((five.password, five.client_id.as_deref(), five.answer), (false, Some("washer"), None));
    assert!(mqtt(b"\x10\x20\0\x04MQTX\x04\xc2", b"").is_none() && mqtt(b"\x10\xff\xff\xff\xff\x7f", b"").is_none());
}

#[test]
fn coap_is_read_and_its_answers_belong_to_it() {
    let get = b"\x42\x01\x12\x34ab\xbb.well-known\x04core";
    let seen = coap(get).unwrap();
    assert_eq!((seen.code.as_str(), seen.path.as_str(), seen.oscore), ("0.01", "/.well-known/core", false));
    assert!(coap(b"\x42\x02\x12\x34ab\x90\xffxyz").unwrap().oscore);
    for wrong in [&b"\x4f\x01\0\0"[..], b"\x00\x01\0\0", b"\x40\x00\0\0x", b"\x40\x01\0\0\xb9x", b"\x40\x01\0\0\xf1x", b"\x40\x21\0\0"] {
        assert_eq!(coap(wrong), None, "{}", wrong.escape_ascii());
    }
    assert!(coap_answers(get, b"\x62\x45\x12\x34ab\xffx") && coap_answers(get, b"\x52\x45\x99\x99ab\xffx"));
    assert!(!coap_answers(get, b"\x52\x45\x99\x99ac\xffx") && !coap_answers(b"\x62\x45\x12\x34ab", b"\x62\x45\x12\x34ab"));
}

#[test]
fn time_is_told_with_or_without_a_check() {
    let packet = |behind: &[u8]| [&[0x23][..], &[0; 47], behind].concat();
    assert_eq!(ntp(&packet(b"")), Some(Ntp { version: 4, mode: 3, answered: false, authenticated: false, nts: false }));
    assert!(ntp(&packet(&[0; 20])).is_some_and(|seen| seen.authenticated && !seen.nts));
    let sealed = [&[4, 4, 0, 28][..], &[1; 24]].concat();
    assert!(ntp(&packet(&sealed)).is_some_and(|seen| seen.authenticated && seen.nts));
    assert!(ntp(&[0x24; 48]).unwrap().answered && ntp(&[0x23; 47]).is_none() && ntp(&[0x20; 48]).is_none());
}

#[test]
fn versions_of_quic_and_snmp_are_told() {
    assert_eq!(quic(b"\xc3\0\0\0\x01\x08abcdefgh\0rest"), Some(1));
    assert_eq!(
        (quic(b"\xc3\0\0\0\x07\x08abcdefgh\0rest"), quic(b"\xc3\0\0\0\x01\x40abc"), quic(b"\x43\0\0\0\x01\x01a\0r")),
        (None, None, None)
    );
    assert!(goes_on_as_quic(b"\x43abc") && !goes_on_as_quic(b"GET"[..0].as_ref()));
    let get = b"\x30\x13\x02\x01\x01\x04\x06public\xa0\x06\x02\x01\x01\x02\x01\0";
    assert_eq!(snmp(get), Some(Snmp { version: 2, encrypted: false }));
    let sealed = b"\x30\x16\x02\x01\x03\x30\x0d\x02\x01\x01\x02\x02\xff\xff\x04\x01\x03\x02\x01\x03\x04\x02xx";
    assert_eq!((snmp(sealed), snmp(&get[..20])), (Some(Snmp { version: 3, encrypted: true }), None));
}

#[test]
fn fieldbuses_and_neighbours_are_known_by_their_lengths() {
    assert!(is_modbus(b"\0\x01\0\0\0\x06\x01\x03\0\0\0\x01") && !is_modbus(b"\0\x01\0\0\0\x06\x01\x03\0"));
    assert!(is_bacnet(b"\x81\x0a\0\x08abcd") && !is_bacnet(b"\x81\x0a\0\x09abcd"));
    let told = lldp(b"\x02\x07\x04\x02\0\0\0\0\x01\x04\x03\x07p1\x06\x02\0\x78\x0a\x06washer\0\0").unwrap();
    assert_eq!((told.chassis.as_str(), told.port.as_str(), told.name.as_deref()), ("04020000000001", "077031", Some("washer")));
    assert!(lldp(b"\x04\x03\x07p1").is_none() && lldp(b"\x02\x07\x04").is_none());
    assert_eq!((eapol(b"\x02\x03\0\x02ab"), eapol(b"\x02\x03\0\x09ab"), eapol(b"\x09\x03\0\0")), (Some(3), None, None));
}
