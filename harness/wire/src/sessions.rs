//! TLS sessions kept by the caller, to be gone on with.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::{ClientSessionStore, Resumption, Tls12ClientSessionValue, Tls12Resumption, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, NamedGroup};

use crate::error::Result;

/// The most tickets kept of one server.
const MOST_TICKETS: usize = 8;

/// TLS sessions with one server. Clones share them. All connections with one store ask for what the first asked for,
/// but for the name: sessions are tied to it.
#[derive(Debug, Clone, Default)]
pub struct TlsSessions {
    store: Arc<Store>,
    config: Arc<Mutex<Option<Arc<ClientConfig>>>>,
}

impl TlsSessions {
    /// The tickets of TLS 1.3 that have come in so far, counted also past those that are kept.
    pub fn tickets(&self) -> u32 {
        self.store.with(|kept| kept.count)
    }

    /// The most early data, in bytes, that a ticket of TLS 1.3 has permitted (RFC 8446 section 4.6.1).
    pub fn early_data(&self) -> u32 {
        self.store.with(|kept| kept.early_data)
    }

    /// The configuration of the first connection, made when there is none.
    pub(crate) fn config(&self, make: impl FnOnce() -> Result<ClientConfig>) -> Result<Arc<ClientConfig>> {
        let mut kept = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = kept.as_ref() {
            return Ok(Arc::clone(config));
        }
        let mut config = make()?;
        let store: Arc<dyn ClientSessionStore> = Arc::clone(&self.store) as _;
        config.resumption = Resumption::store(store).tls12_resumption(Tls12Resumption::SessionIdOrTickets);
        Ok(Arc::clone(kept.insert(Arc::new(config))))
    }
}

#[derive(Debug, Default)]
struct Store(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    group: Option<NamedGroup>,
    older: Option<Tls12ClientSessionValue>,
    tickets: Vec<Tls13ClientSessionValue>,
    count: u32,
    early_data: u32,
}

impl Store {
    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ClientSessionStore for Store {
    fn set_kx_hint(&self, _: ServerName<'static>, group: NamedGroup) {
        self.with(|kept| kept.group = Some(group));
    }

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.with(|kept| kept.group)
    }

    fn set_tls12_session(&self, _: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.with(|kept| kept.older = Some(value));
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.with(|kept| kept.older.clone())
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {
        self.with(|kept| kept.older = None);
    }

    fn insert_tls13_ticket(&self, _: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.with(|kept| {
            kept.count = kept.count.saturating_add(1);
            kept.early_data = kept.early_data.max(value.max_early_data_size());
            if kept.tickets.len() < MOST_TICKETS {
                kept.tickets.push(value);
            }
        });
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.with(|kept| kept.tickets.pop())
    }
}
