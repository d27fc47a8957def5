//! SSH at 2222 on the device, with a password.

use std::{borrow::Cow, net::SocketAddr, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use russh::{
    Channel, ChannelId, MethodKind, MethodSet, Preferred, SshId, cipher, compression, kex,
    keys::{Algorithm, EcdsaCurve, PrivateKey, decode_secret_key, ssh_key::private::Ed25519Keypair},
    mac,
    server::{Auth, ChannelOpenHandle, Config, Handler, Msg, Session, run_stream},
};
use tokio::{
    io::{copy_bidirectional, duplex},
    net::TcpStream,
    time::timeout,
};

use crate::{
    Fault,
    accounts::{Door, Login},
    world::World,
};

/// The server's port.
const PORT: u16 = 2222;
/// How long a session may last.
const LONGEST: Duration = Duration::from_mins(2);
/// Bytes that wait between the socket and the session.
const BUFFER: usize = 64 * 1024;
/// Tries in one connection.
const TRIES: usize = 6;
const BANNER: &[u8] = b"DW-100\r\n";
/// What stands before the 32 bytes of a P-256 key in PKCS #8 (RFC 5208, RFC 5915), without its public half.
const P256_HEADER: &[u8] = &[
    0x30, 0x41, 2, 1, 0, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 4, 0x27, 0x30,
    0x25, 2, 1, 1, 4, 0x20,
];

const KEX: &[kex::Name] = &[
    kex::MLKEM768X25519_SHA256,
    kex::CURVE25519,
    kex::CURVE25519_PRE_RFC_8731,
    kex::ECDH_SHA2_NISTP256,
    kex::EXTENSION_SUPPORT_AS_SERVER,
    kex::EXTENSION_OPENSSH_STRICT_KEX_AS_SERVER,
];
const WEAK_KEX: &[kex::Name] = &[kex::DH_G14_SHA1, kex::DH_G1_SHA1];
const CIPHERS: &[cipher::Name] = &[cipher::AES_256_GCM, cipher::AES_128_GCM, cipher::AES_256_CTR, cipher::AES_128_CTR];
const WEAK_CIPHERS: &[cipher::Name] = &[cipher::AES_128_CBC];
const MACS: &[mac::Name] = &[mac::HMAC_SHA256_ETM, mac::HMAC_SHA512_ETM, mac::HMAC_SHA256];
const WEAK_MACS: &[mac::Name] = &[mac::HMAC_SHA1];
const KEYS: &[Algorithm] = &[Algorithm::Ed25519, Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 }];

/// Binds the port and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    let config = Arc::new(config(world)?);
    let own = Arc::clone(world);
    let talk = move |stream, peer| talk(Arc::clone(&config), stream, Visitor { world: Arc::clone(&own), peer });
    world.tasks.listen_while(world.at(PORT), world.power.follow("ssh"), talk).await
}

fn config(world: &World) -> anyhow::Result<Config> {
    let ed25519 = PrivateKey::from(Ed25519Keypair::from_seed(&world.seed("ssh-ed25519")));
    let p256 = STANDARD.encode([P256_HEADER, &world.seed("ssh-ecdsa")].concat());
    let p256 = decode_secret_key(&format!("-----BEGIN PRIVATE KEY-----\n{p256}\n-----END PRIVATE KEY-----\n"), None)?;
    Ok(Config {
        server_id: SshId::Standard(Cow::Borrowed("SSH-2.0-dishwasher")),
        methods: MethodSet::from(&[MethodKind::Password][..]),
        auth_rejection_time: Duration::ZERO,
        keys: vec![ed25519, p256],
        preferred: preferred(world.has(Fault::SshWeak)),
        max_auth_attempts: TRIES,
        inactivity_timeout: Some(Duration::from_secs(30)),
        nodelay: true,
        ..Config::default()
    })
}

fn preferred(weak: bool) -> Preferred {
    fn with<T: Clone>(good: &[T], more: &[T], weak: bool) -> Cow<'static, [T]> {
        Cow::Owned(if weak { [good, more].concat() } else { good.to_vec() })
    }
    Preferred {
        kex: with(KEX, WEAK_KEX, weak),
        key: Cow::Borrowed(KEYS),
        cipher: with(CIPHERS, WEAK_CIPHERS, weak),
        mac: with(MACS, WEAK_MACS, weak),
        compression: Cow::Borrowed(&[compression::NONE]),
        ..Preferred::default()
    }
}

/// The library runs a session in a task of its own, which ends with this end of the pipe.
async fn talk(config: Arc<Config>, mut stream: TcpStream, visitor: Visitor) {
    let (inner, mut outer) = duplex(BUFFER);
    let session = async {
        if let Ok(session) = run_stream(config, inner, visitor).await {
            let _ = session.await;
        }
    };
    let pump = copy_bidirectional(&mut stream, &mut outer);
    let _ = timeout(LONGEST, async { tokio::join!(session, pump) }).await;
}

struct Visitor {
    world: Arc<World>,
    peer: SocketAddr,
}

impl Visitor {
    fn greet(channel: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        session.channel_success(channel)?;
        session.data(channel, BANNER)?;
        session.exit_status_request(channel, 0)?;
        session.eof(channel)?;
        session.close(channel)
    }
}

impl Handler for Visitor {
    type Error = russh::Error;

    async fn authentication_banner(&mut self) -> Result<Option<String>, Self::Error> {
        Ok(Some(format!("{}\r\n", self.world.value("notice"))).filter(|_| !self.world.has(Fault::NoticeMissingSsh)))
    }

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
        Ok(match self.world.login(Door::Ssh, user, password, self.peer) {
            Login::Ok(_) => Auth::Accept,
            // with the methods that remain: clients give up at an empty list
            Login::Wrong | Login::Locked(_) => {
                Auth::Reject { proceed_with_methods: Some(MethodSet::from(&[MethodKind::Password][..])), partial_success: false }
            }
        })
    }

    async fn channel_open_session(&mut self, _: Channel<Msg>, reply: ChannelOpenHandle, _: &mut Session) -> Result<(), Self::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn shell_request(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), Self::Error> {
        Self::greet(channel, session)
    }

    async fn exec_request(&mut self, channel: ChannelId, _: &[u8], session: &mut Session) -> Result<(), Self::Error> {
        Self::greet(channel, session)
    }
}

#[cfg(test)]
mod tests;
