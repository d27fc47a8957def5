//! MQTT against the broker Mosquitto, where it is installed: `cargo test -p assay-probes -- --ignored`.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test looks for a free port, and may stop at the first surprise"
)]

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use assay_model::profile::{Budget, Interface};
use assay_wire::{Authority, ClientIdentity, Error, Host, Ledger, Permit, Secrets};

use assay_probes::mqtt::{Connect, Connected, Reply, Session, Version, connect, connect_any};

struct Broker {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Broker {
    /// Starts one. `{dir}` in the configuration is its folder; `prepare` puts files there.
    async fn start(settings: &str, prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = settings.replace("{dir}", folder.path().to_str().unwrap());
        let file = folder.path().join("mosquitto.conf");
        std::fs::write(&file, format!("user root\nlistener {port} 127.0.0.1\n{settings}\n")).unwrap();
        let process = Command::new("mosquitto").arg("-c").arg(&file).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let broker = Self { process, port, folder };
        for _ in 0..50 {
            if broker.permit("mqtt").tcp().await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        broker
    }

    fn permit(&self, speaks: &str) -> Permit {
        let interface: Interface = serde_json::from_str(&format!(r#"{{"id":"b","speaks":"{speaks}","port":{}}}"#, self.port)).unwrap();
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let host = Host { component: "hub".into(), sample: "S1".into(), address };
        let budget = Budget { answer_ms: 2000, ..Budget::default() };
        Authority::new(vec![host], &budget, Secrets::default()).permit("hub", "S1", &interface, &Ledger::default()).unwrap()
    }
}

fn passwords(folder: &Path) {
    let file = folder.join("passwords");
    for (create, user, password) in [(true, "meter", "right one"), (false, "pump", "other one")] {
        let mut command = Command::new("mosquitto_passwd");
        command.arg("-b").args(create.then_some("-c")).arg(&file).args([user, password]);
        assert!(command.output().unwrap().status.success());
    }
    std::fs::write(folder.join("acl"), "user meter\ntopic readwrite own/#\nuser pump\ntopic readwrite foreign/#\n").unwrap();
}

fn accepted(connected: Connected) -> Session {
    match connected {
        Connected::Accepted(session) => *session,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs mosquitto"]
async fn an_open_broker_lets_anybody_in() {
    let broker = Broker::start("allow_anonymous true", |_| {}).await;
    for version in [Version::V311, Version::V5] {
        let mut session = accepted(connect(&broker.permit("mqtt"), version, &Connect::anonymous("assay")).await.unwrap());
        assert!(session.subscribe("a/#").await.unwrap().is_granted());
        assert!(session.publish("a/b", b"hi", true).await.unwrap().is_granted());
        assert_eq!(session.publish("a/c", b"ho", false).await.unwrap(), Reply::Sent);
        let messages = session.collect(Duration::from_secs(2), |all| all.len() == 2).await.unwrap().messages;
        assert_eq!((messages.len(), messages[0].payload.as_slice()), (2, &b"hi"[..]));
        session.disconnect().await.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs mosquitto"]
async fn passwords_and_rights_are_seen() {
    let broker = Broker::start("allow_anonymous false\npassword_file {dir}/passwords\nacl_file {dir}/acl", passwords).await;
    let permit = broker.permit("mqtt");
    for version in [Version::V311, Version::V5] {
        let anonymous = connect(&permit, version, &Connect::anonymous("x")).await.unwrap();
        assert!(matches!(anonymous, Connected::Refused(code) if code.is_about_rights()));
        let wrong = connect(&permit, version, &Connect::password("x", "meter", "wrong")).await.unwrap();
        assert!(matches!(wrong, Connected::Refused(code) if code.is_about_rights()));
        let right = Connect::password("x", "meter", "right one");
        let mut meter = accepted(connect(&permit, version, &right).await.unwrap());
        let mut pump = accepted(connect(&permit, version, &Connect::password("y", "pump", "other one")).await.unwrap());
        let (own, foreign) = (meter.subscribe("own/a").await.unwrap(), meter.subscribe("foreign/a").await.unwrap());
        let denied = meter.publish("foreign/a", b"no", true).await.unwrap();
        println!("{version}: own {own:?}, foreign {foreign:?}, publish {denied:?}");
        assert!(pump.publish("foreign/a", b"secret", true).await.unwrap().is_granted());
        assert!(meter.publish("own/a", b"mine", true).await.unwrap().is_granted());
        let messages = meter.collect(Duration::from_millis(500), |_| false).await.unwrap().messages;
        assert_eq!(messages.iter().map(|each| each.payload.as_slice()).collect::<Vec<_>>(), [b"mine"]);
    }
    assert_eq!(permit.logins_left(), 10);
    assert_eq!(connect_any(&permit, &Connect::password("x", "meter", "right one")).await.unwrap().0, Version::V5);
}

#[tokio::test]
#[ignore = "needs mosquitto"]
async fn client_certificates_are_asked_for() {
    let mut pem = Vec::new();
    let settings = "allow_anonymous true\ncafile {dir}/ca.pem\ncertfile {dir}/s.pem\nkeyfile {dir}/s.key\nrequire_certificate true";
    let broker = Broker::start(settings, |folder| {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        for (name, text) in [("ca.pem", certificate.pem()), ("s.pem", certificate.pem()), ("s.key", key.serialize_pem())] {
            std::fs::write(folder.join(name), text).unwrap();
        }
        pem = format!("{}{}", certificate.pem(), key.serialize_pem()).into_bytes();
    })
    .await;
    let without = connect(&broker.permit("mqtts"), Version::V5, &Connect::anonymous("x")).await;
    assert!(matches!(without, Err(Error::Handshake(..))), "{without:?}");
    let with = Connect::certificate("x", ClientIdentity::from_pem(&pem).unwrap());
    let session = accepted(connect(&broker.permit("mqtts"), Version::V5, &with).await.unwrap());
    assert_eq!(session.link().session().map(|tls| tls.version.as_str()), Some("1.3"));
    assert!(broker.folder.path().exists());
}
