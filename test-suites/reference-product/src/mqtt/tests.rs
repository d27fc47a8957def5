use super::broker::{matches, valid};
use crate::{
    Fault, Part,
    trial::{Trial, connect, talk},
};

fn text(text: &str) -> Vec<u8> {
    [&[0, u8::try_from(text.len()).unwrap()][..], text.as_bytes()].concat()
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, u8::try_from(body.len()).unwrap()][..], body].concat()
}

fn hello(level: u8, login: Option<(&str, &str)>) -> Vec<u8> {
    let flags = if login.is_some() { 0xc2 } else { 2 };
    let mut body = [text("MQTT"), vec![level, flags, 0, 0]].concat();
    if level == 5 {
        body.push(0);
    }
    body.extend(text("trial"));
    if let Some((user, password)) = login {
        body.extend([text(user), text(password)].concat());
    }
    packet(0x10, &body)
}

/// The code of the `CONNACK`.
async fn code(trial: &Trial, level: u8, login: Option<(&str, &str)>) -> u8 {
    let mut stream = connect(trial.addresses.hub, 1883).await.unwrap();
    let answer = talk(&mut stream, &hello(level, login), &[0x20]).await;
    answer[3]
}

#[test]
fn filters() {
    assert!(matches("a/+/c", "a/b/c") && matches("a/#", "a/b/c") && matches("a/#", "a") && matches("#", "é"));
    assert!(!matches("a/+", "a/b/c") && !matches("#", "$SYS/x") && !matches("a/b", "a"));
    assert!(valid("a/+/#") && !valid("a/#/b") && !valid("a+") && !valid(""));
}

#[tokio::test]
async fn log_ins_are_checked_in_both_versions() {
    let trial = Trial::of(Part::Hub, &[Fault::MqttPlain]).await;
    let right = trial.secret("mqtt-1");
    for (level, wrong, refused) in [(4, 4, 5), (5, 0x86, 0x87)] {
        assert_eq!(code(&trial, level, Some(("DW-0001", &right))).await, 0);
        assert_eq!(code(&trial, level, Some(("DW-0001", "no"))).await, wrong);
        assert_eq!(code(&trial, level, Some(("admin", "admin"))).await, wrong);
        assert_eq!(code(&trial, level, None).await, refused);
    }
    for _ in 0..5 {
        code(&trial, 4, Some(("DW-0001", "no"))).await;
    }
    assert_eq!(code(&trial, 4, Some(("DW-0001", &right))).await, 5);
    let mut stream = connect(trial.addresses.hub, 1883).await.unwrap();
    let old = packet(0x10, &[text("MQIsdp"), vec![3, 2, 0, 0], text("trial")].concat());
    assert_eq!(talk(&mut stream, &old, &[0x20]).await, [0x20, 2, 0, 1]);
}

#[tokio::test]
async fn faults_let_more_in() {
    let trial = Trial::of(Part::Hub, &[Fault::MqttPlain, Fault::MqttAnonymous, Fault::DefaultMqtt]).await;
    assert_eq!(code(&trial, 4, None).await, 0);
    assert_eq!(code(&trial, 5, Some(("admin", "admin"))).await, 0);
    let trial = Trial::of(Part::Hub, &[]).await;
    assert!(connect(trial.addresses.hub, 1883).await.is_none());
}

#[tokio::test]
async fn topics_of_others_are_closed_unless_faulty() {
    for (faults, granted) in [(&[Fault::MqttPlain][..], 0x80), (&[Fault::MqttPlain, Fault::MqttNoAcl], 0)] {
        let trial = Trial::of(Part::Hub, faults).await;
        let mut stream = connect(trial.addresses.hub, 1883).await.unwrap();
        talk(&mut stream, &hello(4, Some(("DW-0001", &trial.secret("mqtt-1")))), &[0x20, 2]).await;
        for filter in ["dishwasher/DW-0002/telemetry", "dishwasher/+/telemetry", "#"] {
            let subscribe = packet(0x82, &[vec![0, 7], text(filter), vec![0]].concat());
            let answer = talk(&mut stream, &subscribe, &[0x90, 3, 0, 7, granted]).await;
            assert!(granted == 0 || answer == [0x90, 3, 0, 7, 0x80]);
        }
    }
}

#[tokio::test]
async fn messages_are_passed_on() {
    let trial = Trial::of(Part::Hub, &[Fault::MqttPlain]).await;
    let mut stream = connect(trial.addresses.hub, 1883).await.unwrap();
    talk(&mut stream, &hello(4, Some(("DW-0001", &trial.secret("mqtt-1")))), &[0x20, 2]).await;
    talk(&mut stream, &packet(0x82, &[vec![0, 1], text("dishwasher/DW-0001/#"), vec![1]].concat()), &[0x90, 3, 0, 1, 1]).await;
    let publish = packet(0x32, &[text("dishwasher/DW-0001/status"), vec![0, 9], b"on".to_vec()].concat());
    let echoed = packet(0x32, &[text("dishwasher/DW-0001/status"), vec![0, 1], b"on".to_vec()].concat());
    let heard = talk(&mut stream, &publish, &echoed).await;
    assert!(heard.starts_with(&[0x40, 2, 0, 9]));
    let mut admin = connect(trial.addresses.hub, 1883).await.unwrap();
    talk(&mut admin, &hello(4, Some(("admin", &trial.secret("hub-admin")))), &[0x20, 2]).await;
    talk(&mut admin, &packet(0x82, &[vec![0, 1], text("#"), vec![0]].concat()), br#"{"cycle":"idle"}"#).await;
}
