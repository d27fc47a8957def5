//! Surveys of a server made by a library.

use std::borrow::Cow;
use std::sync::Arc;

use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{Algorithm, PrivateKey};
use russh::server::{Auth, Config, Handler, run_stream};
use russh::{MethodKind, MethodSet, Preferred, cipher, kex, mac};

use super::*;

#[derive(Clone, Copy)]
struct Server {
    /// Whether it tells the users that it knows.
    leaky: bool,
}

impl Handler for Server {
    type Error = russh::Error;

    async fn auth_none(&mut self, user: &str) -> std::result::Result<Auth, Self::Error> {
        let methods: &[MethodKind] = if self.leaky && user == "root" { &[MethodKind::Password] } else { &[MethodKind::PublicKey] };
        Ok(Auth::Reject { proceed_with_methods: Some(MethodSet::from(methods)), partial_success: false })
    }
}

async fn server(kex: kex::Name, cipher: cipher::Name, mac: mac::Name, leaky: bool) -> u16 {
    let preferred = Preferred {
        kex: Cow::Owned(vec![kex, kex::EXTENSION_SUPPORT_AS_SERVER, kex::EXTENSION_OPENSSH_STRICT_KEX_AS_SERVER]),
        key: Cow::Borrowed(&[Algorithm::Ed25519]),
        cipher: Cow::Owned(vec![cipher]),
        mac: Cow::Owned(vec![mac]),
        ..Preferred::default()
    };
    let config = Arc::new(Config {
        auth_rejection_time: std::time::Duration::ZERO,
        keys: vec![PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]))],
        preferred,
        ..Config::default()
    });
    serve(move |stream| {
        let config = Arc::clone(&config);
        async move {
            if let Ok(session) = run_stream(config, stream, Server { leaky }).await {
                let _ = session.await;
            }
        }
    })
    .await
}

#[tokio::test]
async fn every_exchange_cipher_and_code_is_spoken() {
    let exchanges = [
        kex::CURVE25519,
        kex::ECDH_SHA2_NISTP256,
        kex::ECDH_SHA2_NISTP384,
        kex::ECDH_SHA2_NISTP521,
        kex::DH_G14_SHA256,
        kex::DH_G14_SHA1,
        kex::DH_G1_SHA1,
        kex::DH_G16_SHA512,
        kex::MLKEM768X25519_SHA256,
    ];
    let ciphers = [
        cipher::AES_256_GCM,
        cipher::AES_128_GCM,
        cipher::AES_128_CTR,
        cipher::AES_192_CTR,
        cipher::AES_256_CTR,
        cipher::CHACHA20_POLY1305,
        cipher::AES_128_CBC,
        cipher::AES_256_CBC,
        cipher::AES_256_CTR,
    ];
    let macs = [mac::HMAC_SHA256, mac::HMAC_SHA512, mac::HMAC_SHA1, mac::HMAC_SHA256_ETM, mac::HMAC_SHA512_ETM, mac::HMAC_SHA1_ETM];
    for (place, (kex, cipher)) in exchanges.into_iter().zip(ciphers).enumerate() {
        let mac = macs[place % macs.len()];
        let permit = permit(server(kex, cipher, mac, false).await);
        let questions = Questions { user: Some("root".to_owned()), compare_users: false };
        let found = survey_with(&permit, &questions).await.unwrap();
        let why = format!("{} {} {}: {:?}", kex.as_ref(), cipher.as_ref(), mac.as_ref(), found);
        assert_eq!(found.agreed.map(|agreed| agreed.kex).as_deref(), Some(kex.as_ref()), "{why}");
        assert_eq!(found.user.map(|user| user.methods), Some(names("publickey")), "{why}");
        assert!(found.extensions.contains_key("server-sig-algs"), "{why}");
        assert_eq!(found.effort, Effort { connections: 1, busy: 0 }, "{why}");
    }
}

#[tokio::test]
async fn users_that_are_told_apart_are_seen() {
    for leaky in [false, true] {
        let permit = permit(server(kex::CURVE25519, cipher::AES_128_GCM, mac::HMAC_SHA256, leaky).await);
        let questions = Questions { user: Some("root".to_owned()), compare_users: true };
        let found = survey_with(&permit, &questions).await.unwrap();
        let users = found.users.unwrap();
        assert_eq!(!users.differences.is_empty(), leaky, "{users:?}");
        assert_eq!(found.effort.connections, 2);
    }
}

/// A server that refuses every other connection without a word.
#[tokio::test]
async fn a_busy_server_is_asked_again() {
    let turn = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let port = serve(move |stream| {
        let busy = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed).is_multiple_of(2);
        async move {
            if !busy {
                talk(stream).await;
            }
        }
    })
    .await;
    let found = survey(&permit(port)).await.unwrap();
    assert_eq!((found.host_keys.len(), found.keys_not_read.len(), found.effort), (1, 1, Effort { connections: 4, busy: 2 }));
}
