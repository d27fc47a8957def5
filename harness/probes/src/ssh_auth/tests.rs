//! Against a small SSH server.

use std::sync::Arc;

use russh::keys::PrivateKey;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::server::{Auth, Config, Handler, Response, run_stream};
use russh::{MethodKind, MethodSet};
use tokio::io::AsyncWriteExt;

use super::*;
use crate::testing::{permit, serve};

#[derive(Clone, Copy)]
struct Server {
    open: bool,
}

impl Handler for Server {
    type Error = russh::Error;

    async fn auth_none(&mut self, _: &str) -> std::result::Result<Auth, Self::Error> {
        Ok(if self.open { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_password(&mut self, user: &str, password: &str) -> std::result::Result<Auth, Self::Error> {
        Ok(if (user, password) == ("root", "right") { Auth::Accept } else { again() })
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> std::result::Result<Auth, Self::Error> {
        Ok(match response {
            None => Auth::Partial { name: "".into(), instructions: "".into(), prompts: vec![("Password: ".into(), false)].into() },
            Some(mut answers) => match answers.next() {
                Some(answer) if answer.as_ref() == b"right" => Auth::Accept,
                _ => Auth::reject(),
            },
        })
    }
}

/// A refusal after which the same method may be tried again.
fn again() -> Auth {
    Auth::Reject { proceed_with_methods: Some(MethodSet::from([MethodKind::Password].as_slice())), partial_success: false }
}

async fn server(methods: &'static [MethodKind], open: bool) -> u16 {
    let config = Arc::new(Config {
        methods: MethodSet::from(methods),
        auth_rejection_time: std::time::Duration::ZERO,
        max_auth_attempts: 4,
        keys: vec![PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]))],
        ..Config::default()
    });
    serve(move |stream| {
        let config = Arc::clone(&config);
        async move {
            if let Ok(session) = run_stream(config, stream, Server { open }).await {
                let _ = session.await;
            }
        }
    })
    .await
}

#[tokio::test]
async fn methods_and_passwords() {
    let permit = permit(server(&[MethodKind::PublicKey, MethodKind::Password], false).await);
    let fact = methods(&permit, "root").await.unwrap();
    assert_eq!(fact.methods, ["publickey", "password"]);
    assert!(!fact.none_accepted && fact.host_key.is_some_and(|key| key.starts_with("SHA256:")));
    let before = permit.logins_left();
    assert_eq!(log_in(&permit, "root", "right").await.unwrap().accepted, Accepted::Accepted);
    assert_eq!(permit.logins_left(), before);
    assert_eq!(log_in(&permit, "root", "wrong").await.unwrap().accepted, Accepted::Refused);
    assert_eq!(permit.logins_left(), before - 1);
}

#[tokio::test]
async fn questions_are_answered_with_the_password() {
    let permit = permit(server(&[MethodKind::KeyboardInteractive], false).await);
    let attempt = log_in(&permit, "root", "right").await.unwrap();
    assert_eq!((attempt.accepted, attempt.prompts), (Accepted::Accepted, vec!["Password: ".to_owned()]));
    assert_eq!(log_in(&permit, "root", "wrong").await.unwrap().accepted, Accepted::Refused);
}

#[tokio::test]
async fn an_open_door() {
    let permit = permit(server(&[MethodKind::None, MethodKind::Password], true).await);
    assert!(methods(&permit, "root").await.unwrap().none_accepted);
    assert!(matches!(log_in(&permit, "root", "x").await.unwrap().accepted, Accepted::Unclear(_)));
}

#[tokio::test]
async fn the_server_hangs_up_after_some_attempts() {
    let permit = permit(server(&[MethodKind::Password], false).await);
    let mut attempts = Attempts::open(&permit, "root").await.unwrap();
    let mut made = 0;
    while attempts.left() > 0 {
        assert_eq!(attempts.password("wrong").await.unwrap().accepted, Accepted::Refused);
        made += 1;
    }
    assert!((2..=MOST_ATTEMPTS).contains(&made), "{made}");
    assert!(matches!(attempts.password("wrong").await, Err(Error::Budget(_))));
}

#[tokio::test]
async fn publickey_only() {
    let permit = permit(server(&[MethodKind::PublicKey], false).await);
    let before = permit.logins_left();
    let attempt = log_in(&permit, "root", "right").await.unwrap();
    assert_eq!((attempt.accepted, attempt.method), (Accepted::Refused, None));
    assert_eq!(permit.logins_left(), before);
}

#[tokio::test]
async fn not_ssh() {
    let web = serve(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.0 400 no\r\n\r\n").await;
    })
    .await;
    assert!(methods(&permit(web), "root").await.is_err());
    let mute = serve(|stream| async move {
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        drop(stream);
    })
    .await;
    assert!(matches!(methods(&permit(mute), "root").await, Err(Error::TimedOut { .. })));
}
