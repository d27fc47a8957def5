//! The device's TLS: its key and certificate, which can be renewed, and the least version, which can be set.

use std::sync::{Mutex, PoisonError};

use rcgen::KeyPair;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::{Fault, state::Identity, tls, world::World};

/// What new connections are accepted with.
pub(crate) struct Door(Mutex<State>);

struct State {
    identity: Identity,
    made: Option<(String, TlsAcceptor)>,
}

impl Door {
    /// The door of a device as it starts.
    pub(crate) fn new(world: &World) -> Self {
        Self(Mutex::new(State { identity: world.identity.clone(), made: None }))
    }

    /// What the next connection is accepted with, where this is the least version of TLS.
    pub(crate) fn acceptor(&self, world: &World) -> anyhow::Result<TlsAcceptor> {
        let least = if world.has(Fault::MinimumTlsIgnored) { "1.2".to_owned() } else { world.value("minimum-tls") };
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, acceptor)) = state.made.as_ref().filter(|(made, _)| *made == least) {
            return Ok(acceptor.clone());
        }
        let acceptor = tls::acceptor_since(&least, &state.identity, &["http/1.1"])?;
        state.made = Some((least, acceptor.clone()));
        Ok(acceptor)
    }

    /// Makes a new key, with a certificate from the same authority.
    pub(crate) fn renew(&self, world: &World) -> anyhow::Result<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = match &state.identity.key {
            PrivateKeyDer::Pkcs8(old) if world.has(Fault::RenewKeepsKey) => KeyPair::try_from(old.secret_pkcs8_der())?,
            _ => KeyPair::generate()?,
        };
        let certificate = state.identity.params.signed_by(&key, state.identity.authority.as_ref())?;
        state.identity.chain = vec![certificate.der().clone()];
        state.identity.key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        state.made = None;
        Ok(())
    }
}
