//! TLS sessions kept by the caller, to be gone on with.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Resumption, Tls12ClientSessionValue, Tls12Resumption, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;

/// The most tickets kept of one server.
const MOST_TICKETS: usize = 8;

/// TLS sessions with one server. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct TlsSessions(Arc<Store>);

impl TlsSessions {
    /// The tickets of TLS 1.3 that have come in so far, counted also past those that are kept.
    pub fn tickets(&self) -> u32 {
        self.0.with(|kept| kept.count)
    }

    /// The most early data, in bytes, that a ticket of TLS 1.3 has permitted (RFC 8446 section 4.6.1).
    pub fn early_data(&self) -> u32 {
        self.0.with(|kept| kept.early_data)
    }

    pub(crate) fn resumption(&self) -> Resumption {
        let store: Arc<dyn ClientSessionStore> = Arc::<Store>::clone(&self.0);
        Resumption::store(store).tls12_resumption(Tls12Resumption::SessionIdOrTickets)
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
