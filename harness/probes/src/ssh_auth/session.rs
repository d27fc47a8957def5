//! One SSH connection, up to the authentication of a user.

use std::borrow::Cow;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assay_wire::{Error, Permit, Result};
use russh::client::{self, AuthResult, DisconnectReason, Handle, Handler, KeyboardInteractiveAuthResponse as Interactive, Prompt};
use russh::keys::{HashAlg, PublicKeyOrCertificate};
use russh::{Disconnect, MethodSet, Preferred, cipher, kex, mac};

use crate::text::clean;

/// Rounds of questions that are answered in one keyboard-interactive attempt.
const ROUNDS: usize = 5;
/// Questions that are answered in one round.
const QUESTIONS: usize = 16;
/// Characters kept of any text of the server.
const TEXT: usize = 1024;

/// What the server answered to an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Accepted,
    Refused { methods: Vec<String>, partial: bool },
    HungUp,
}

/// What the server told beside its answers.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) banner: Option<String>,
    pub(super) host_key: Option<String>,
    pub(super) host_key_algorithm: Option<String>,
    pub(super) goodbye: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct Watcher(Arc<Mutex<Seen>>);

pub(super) struct Session {
    handle: Handle<Watcher>,
    watcher: Watcher,
    user: String,
    peer: String,
    patience: Duration,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("peer", &self.peer).field("user", &self.user).finish_non_exhaustive()
    }
}

impl Session {
    /// Connects and exchanges keys.
    pub(super) async fn open(permit: &Permit, user: &str) -> Result<Self> {
        let (peer, patience) = (permit.peer(), permit.deadlines().answer);
        let link = permit.tcp().await?;
        let watcher = Watcher::default();
        let connecting = client::connect_stream(Arc::new(config(patience)?), link, watcher.clone());
        let handle = within(&peer, "SSH key exchange", patience, connecting).await?.map_err(|error| sort(&peer, error))?;
        Ok(Self { handle, watcher, user: user.to_owned(), peer, patience })
    }

    pub(super) fn seen(&self) -> Seen {
        self.watcher.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The error for a connection that ended.
    pub(super) fn hung_up(&self) -> Error {
        match self.seen().goodbye {
            None => Error::Closed(self.peer.clone()),
            Some(why) => Error::Closed(format!("{} (with the words `{why}`)", self.peer)),
        }
    }

    /// Asks to be let in without a credential.
    pub(super) async fn none(&mut self) -> Result<Answer> {
        let asked = within(&self.peer, "answer", self.patience, self.handle.authenticate_none(&self.user)).await?;
        self.settle(asked)
    }

    pub(super) async fn password(&mut self, password: &str) -> Result<Answer> {
        let asked = within(&self.peer, "answer", self.patience, self.handle.authenticate_password(&self.user, password)).await?;
        self.settle(asked)
    }

    /// Answers every hidden question with the password, every open one with the user.
    pub(super) async fn interactive(&mut self, password: &str, asked: &mut Vec<String>) -> Result<Answer> {
        let starting = self.handle.authenticate_keyboard_interactive_start(&self.user, None);
        let mut reply = within(&self.peer, "answer", self.patience, starting).await?;
        for _ in 0..ROUNDS {
            let questions = match reply {
                Ok(Interactive::InfoRequest { prompts, .. }) => prompts,
                Ok(Interactive::Success) => return Ok(Answer::Accepted),
                Ok(Interactive::Failure { remaining_methods, partial_success }) => {
                    return self.settle(Ok(AuthResult::Failure { remaining_methods, partial_success }));
                }
                Err(error) => return self.settle(Err(error)),
            };
            if questions.len() > QUESTIONS {
                return Err(Error::TooLong { peer: self.peer.clone(), limit: QUESTIONS });
            }
            asked.extend(questions.iter().map(|each| clean(each.prompt.as_bytes(), TEXT)));
            let answer = |each: &Prompt| if each.echo { self.user.clone() } else { password.to_owned() };
            let answers = questions.iter().map(answer).collect();
            let responding = self.handle.authenticate_keyboard_interactive_respond(answers);
            reply = within(&self.peer, "answer", self.patience, responding).await?;
        }
        Err(Error::Malformed { peer: self.peer.clone(), what: format!("more than {ROUNDS} rounds of questions at log-in") })
    }

    pub(super) async fn close(self) {
        let leaving = self.handle.disconnect(Disconnect::ByApplication, "", "");
        within(&self.peer, "goodbye", self.patience, leaving).await.ok();
    }

    /// The library reports a lost connection as a refusal: only an open connection can refuse.
    fn settle(&self, reply: std::result::Result<AuthResult, russh::Error>) -> Result<Answer> {
        match reply {
            Ok(AuthResult::Success) => Ok(Answer::Accepted),
            Ok(AuthResult::Failure { remaining_methods, .. }) if remaining_methods.is_empty() && self.handle.is_closed() => {
                Ok(Answer::HungUp)
            }
            Ok(AuthResult::Failure { remaining_methods, partial_success }) => {
                Ok(Answer::Refused { methods: names(&remaining_methods), partial: partial_success })
            }
            Err(russh::Error::SendError | russh::Error::RecvError | russh::Error::Disconnect | russh::Error::HUP) => Ok(Answer::HungUp),
            Err(error) => Err(sort(&self.peer, error)),
        }
    }
}

impl Handler for Watcher {
    type Error = russh::Error;

    async fn auth_banner(&mut self, banner: &str, _: &mut client::Session) -> std::result::Result<(), Self::Error> {
        self.note(|seen| seen.banner = Some(banner.chars().take(TEXT).collect()));
        Ok(())
    }

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> std::result::Result<bool, Self::Error> {
        let key = key.public_key();
        self.note(|seen| {
            seen.host_key = Some(key.fingerprint(HashAlg::Sha256).to_string());
            seen.host_key_algorithm = Some(key.algorithm().as_str().to_owned());
        });
        Ok(true)
    }

    async fn disconnected(&mut self, reason: DisconnectReason<Self::Error>) -> std::result::Result<(), Self::Error> {
        match reason {
            DisconnectReason::ReceivedDisconnect(info) => {
                self.note(|seen| seen.goodbye = Some(clean(info.message.as_bytes(), TEXT)));
                Ok(())
            }
            DisconnectReason::Error(error) => Err(error),
        }
    }
}

impl Watcher {
    fn note(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn names(methods: &MethodSet) -> Vec<String> {
    methods.iter().map(|method| <&'static str>::from(method).to_owned()).collect()
}

/// Strong algorithms first, so that a good server is spoken to well; weak ones at the end.
fn config(patience: Duration) -> Result<client::Config> {
    let safe = Preferred::DEFAULT;
    let weak_kex =
        [kex::ECDH_SHA2_NISTP256, kex::ECDH_SHA2_NISTP384, kex::ECDH_SHA2_NISTP521, kex::DH_G14_SHA1, kex::DH_GEX_SHA1, kex::DH_G1_SHA1];
    let weak_ciphers = [cipher::AES_128_GCM, cipher::AES_256_CBC, cipher::AES_192_CBC, cipher::AES_128_CBC];
    let weak_macs = [mac::HMAC_SHA1_ETM, mac::HMAC_SHA1];
    let preferred = Preferred {
        kex: Cow::Owned([safe.kex.as_ref(), &weak_kex].concat()),
        cipher: Cow::Owned([safe.cipher.as_ref(), &weak_ciphers].concat()),
        mac: Cow::Owned([safe.mac.as_ref(), &weak_macs].concat()),
        ..safe
    };
    let gex = client::GexParams::new(2048, 2048, 8192).map_err(|error| Error::Local(error.to_string()))?;
    Ok(client::Config { preferred, gex, inactivity_timeout: Some(patience * 4), ..client::Config::default() })
}

async fn within<T>(peer: &str, what: &'static str, limit: Duration, future: impl Future<Output = T>) -> Result<T> {
    tokio::time::timeout(limit, future).await.map_err(|_| Error::TimedOut {
        peer: peer.to_owned(),
        what,
        after_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
    })
}

fn sort(peer: &str, error: russh::Error) -> Error {
    match error {
        russh::Error::IO(error) => Error::from_io(peer, &error),
        russh::Error::Disconnect | russh::Error::HUP | russh::Error::SendError | russh::Error::RecvError => Error::Closed(peer.to_owned()),
        russh::Error::Version => Error::Malformed { peer: peer.to_owned(), what: "no version line of SSH 2".to_owned() },
        other => Error::Handshake(peer.to_owned(), other.to_string()),
    }
}
