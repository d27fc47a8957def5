//! Looks at real servers.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::conclude::{Accepted, Door};
use super::rides::Rides;
use super::*;
use crate::testing::permit;
use crate::tls::peers::Server;
use crate::tls::session::responder::{Flaw, SUITE, responder};
use crate::tls::session::{Sessions, Thirteen, Wish, begin, hello};
use assay_wire::{Link, Permit, Result};

/// Connections straight from a permit.
pub(super) struct Straight {
    pub(super) permit: Permit,
    pub(super) hellos: AtomicU32,
}

impl Straight {
    pub(super) fn to(permit: &Permit) -> Self {
        Self { permit: permit.clone(), hellos: AtomicU32::new(0) }
    }
}

impl Door for Straight {
    type Place = ();

    async fn open(&self) -> Result<(Link, ())> {
        Ok((self.permit.tcp().await?, ()))
    }

    fn permit(&self) -> &Permit {
        &self.permit
    }

    fn name(&self) -> Option<&str> {
        Some("a.example")
    }

    fn count_hello(&self) {
        self.hellos.fetch_add(1, Ordering::Relaxed);
    }
}

pub(super) async fn look(permit: &Permit, accepted: &[(u16, &[u16])]) -> (Sessions, Flaws, u32) {
    let door = Straight::to(permit);
    let rides = Rides::new(Duration::from_millis(900));
    let accepted: Accepted = accepted.iter().map(|(version, suites)| (*version, suites.to_vec())).collect();
    let (sessions, flaws) = rides.conclude(&door, &accepted, None).await.unwrap();
    (sessions, flaws, door.hellos.load(Ordering::Relaxed))
}

fn assert_sound(sessions: &Sessions, flaws: &Flaws) {
    use Outcome::{NotApplicable, NotVulnerable};
    for check in [&flaws.ccs_injection, &flaws.robot, &flaws.padding_oracle] {
        assert_eq!(check.outcome, NotVulnerable, "{flaws:#?}");
        assert!(check.control.is_some(), "{flaws:#?}");
    }
    assert_eq!(flaws.heartbleed.outcome, NotApplicable, "{flaws:#?}");
    assert_eq!(flaws.tolerance, Tolerance { unusual_hello: Some(true), ..Tolerance::default() });
    assert_eq!((sessions.client_renegotiation, sessions.insecure_renegotiation), (Some(false), Some(false)), "{sessions:#?}");
}

#[tokio::test]
#[ignore = "needs nginx and openssl"]
async fn nginx_is_sound() {
    let server = Server::nginx("ssl_session_cache shared:a:1m;").await;
    let versions: [(u16, &[u16]); 3] = [(0x0301, &[0x002f]), (0x0302, &[0x002f]), (0x0303, &[0x009c, 0x003c, 0x002f, 0xc02f, 0xc013])];
    let (sessions, flaws, hellos) = look(&server.permit, &versions).await;
    assert_sound(&sessions, &flaws);
    assert!(hellos <= 15, "{hellos}");
    assert_eq!((sessions.ticket_resumption, sessions.id_resumption), (Some(true), Some(true)));
}

#[tokio::test]
#[ignore = "needs gnutls and openssl"]
async fn gnutls_is_sound_with_heartbeats() {
    let arguments = "--http --heartbeat --x509keyfile {dir}/k.pem --x509certfile {dir}/c.pem -p {port} --priority NORMAL:+VERS-TLS1.1:+VERS-TLS1.0:+RSA:+SHA1";
    let server = Server::start("gnutls-serv", arguments, "").await;
    let (sessions, mut flaws, _) = Box::pin(look(&server.permit, &[(0x0302, &[0x002f]), (0x0303, &[0x002f, 0xc02f])])).await;
    assert_eq!((flaws.heartbleed.outcome, sessions.heartbeat), (Outcome::NotVulnerable, Some(true)), "{flaws:#?}");
    flaws.heartbleed.outcome = Outcome::NotApplicable;
    assert_sound(&sessions, &flaws);
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn renegotiation_with_openssl_is_seen() {
    let server = Server::openssl("-tls1_2 -client_renegotiation").await;
    let door = Straight::to(&server.permit);
    let rides = Rides::new(Duration::from_millis(900));
    let begun = begin(server.permit.tcp().await.unwrap(), hello(0x0303, &[0xc02f], Wish::default()).unwrap()).await.unwrap();
    rides.ride(begun, Some(0x0303)).await.unwrap();
    let (sessions, _) = Box::pin(rides.conclude(&door, &Accepted::new(), Some(true))).await.unwrap();
    assert_eq!((sessions.client_renegotiation, sessions.insecure_renegotiation), (Some(true), Some(false)), "{sessions:#?}");
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn thirteen_is_gone_on_with() {
    let server =
        Server::start("openssl", "s_server -accept {port} -key {dir}/k.pem -cert {dir}/c.pem -early_data -tls1_3 -quiet", "").await;
    let thirteen = Thirteen::new(Some("a.example"));
    let mut found = Sessions::default();
    let link = server.permit.tcp().await.unwrap();
    let chain = thirteen.first(&server.permit, link, Duration::from_secs(1), &mut found).await.unwrap();
    assert_eq!(chain.len(), 1);
    assert!(thirteen.has_ticket());
    let link = server.permit.tcp().await.unwrap();
    thirteen.second(&server.permit, link, &mut found).await.unwrap();
    assert_eq!((found.tickets_13, found.psk_resumption_13, found.early_data_13), (Some(2), Some(true), Some(true)));
}

async fn responded(flaws: &'static [Flaw]) -> (Sessions, Flaws) {
    let permit = permit(responder(flaws).await);
    let (sessions, flaws, _) = Box::pin(look(&permit, &[(0x0303, &[SUITE])])).await;
    (sessions, flaws)
}

fn outcomes(flaws: &Flaws) -> [Outcome; 5] {
    [&flaws.heartbleed, &flaws.ccs_injection, &flaws.robot, &flaws.ticketbleed, &flaws.padding_oracle].map(|check| check.outcome)
}

#[tokio::test]
async fn a_right_responder_has_no_flaw() {
    let (sessions, flaws) = responded(&[]).await;
    assert_eq!(outcomes(&flaws), [Outcome::NotVulnerable; 5], "{flaws:#?}");
    assert_eq!((sessions.ticket_resumption, sessions.client_renegotiation), (Some(true), Some(false)), "{sessions:#?}");
    assert_eq!(flaws.tolerance.unusual_hello, Some(true));
}

#[tokio::test]
async fn each_flaw_is_seen_and_no_other() {
    let table: [(&'static [Flaw], usize); 7] = [
        (&[Flaw::OverRead], 0),
        (&[Flaw::EarlyChange], 1),
        (&[Flaw::RsaAtOnce], 2),
        (&[Flaw::RsaLater], 2),
        (&[Flaw::Bleed], 3),
        (&[Flaw::PaddingAlert], 4),
        (&[Flaw::PaddingIgnored], 4),
    ];
    for (wrong, which) in table {
        let (_, flaws) = responded(wrong).await;
        let mut expected = [Outcome::NotVulnerable; 5];
        expected[which] = Outcome::Vulnerable;
        assert_eq!(outcomes(&flaws), expected, "{wrong:?}: {flaws:#?}");
        for check in [&flaws.heartbleed, &flaws.ccs_injection, &flaws.robot, &flaws.ticketbleed, &flaws.padding_oracle] {
            assert!(check.control.is_some(), "{wrong:?}: {check:#?}");
        }
    }
}

#[tokio::test]
async fn renegotiation_and_intolerance_are_seen() {
    let (sessions, flaws) = responded(&[Flaw::Renegotiates, Flaw::NoGrease]).await;
    assert_eq!((sessions.client_renegotiation, sessions.insecure_renegotiation), (Some(true), Some(false)));
    assert_eq!((flaws.tolerance.unusual_hello, flaws.tolerance.refused), (Some(false), vec!["grease".to_owned()]));
}
