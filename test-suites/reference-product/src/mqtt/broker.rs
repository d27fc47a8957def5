//! Who is connected, and what they want to hear.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Messages that may wait for one client; more are dropped.
const WAITING: usize = 64;
/// Filters that one client may have.
const FILTERS: usize = 64;

/// A message on its way to a client.
pub(super) struct Message {
    /// Where it was published.
    pub(super) topic: String,
    /// What it says.
    pub(super) payload: Bytes,
    /// The quality of service, 0 or 1.
    pub(super) qos: u8,
}

struct Client {
    filters: Vec<(String, u8)>,
    mailbox: Sender<Message>,
}

#[derive(Default)]
struct Clients {
    last: u64,
    known: HashMap<u64, Client>,
}

/// Passes messages between the clients.
#[derive(Default)]
pub(super) struct Broker(Mutex<Clients>);

impl Broker {
    /// Takes in a client: its number and its mailbox.
    pub(super) fn enter(&self) -> (u64, Receiver<Message>) {
        let (mailbox, receiver) = channel(WAITING);
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clients.last += 1;
        let number = clients.last;
        clients.known.insert(number, Client { filters: Vec::new(), mailbox });
        (number, receiver)
    }

    /// Forgets a client.
    pub(super) fn leave(&self, number: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).known.remove(&number);
    }

    /// Adds a filter; false if the client has too many.
    pub(super) fn subscribe(&self, number: u64, filter: &str, qos: u8) -> bool {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(client) = clients.known.get_mut(&number) else { return false };
        client.filters.retain(|(known, _)| known != filter);
        let room = client.filters.len() < FILTERS;
        if room {
            client.filters.push((filter.to_owned(), qos));
        }
        room
    }

    /// Takes a filter away.
    pub(super) fn unsubscribe(&self, number: u64, filter: &str) {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.known.get_mut(&number) {
            client.filters.retain(|(known, _)| known != filter);
        }
    }

    /// Passes a message to all who want it.
    pub(super) fn publish(&self, topic: &str, payload: &Bytes, qos: u8) {
        let clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for client in clients.known.values() {
            let wanted = client.filters.iter().filter(|(filter, _)| matches(filter, topic)).map(|(_, qos)| *qos).max();
            if let Some(wanted) = wanted {
                let message = Message { topic: topic.to_owned(), payload: payload.clone(), qos: qos.min(wanted) };
                let _ = client.mailbox.try_send(message);
            }
        }
    }
}

/// Whether a topic filter is well-formed (MQTT 5, section 4.7.1).
pub(super) fn valid(filter: &str) -> bool {
    let levels: Vec<&str> = filter.split('/').collect();
    let last = levels.len() - 1;
    let fits = |(at, level): (usize, &&str)| match *level {
        "#" => at == last,
        "+" => true,
        level => !level.contains(['#', '+', '\0']),
    };
    !filter.is_empty() && levels.iter().enumerate().all(fits)
}

/// Whether a filter takes in a topic.
pub(super) fn matches(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && filter.starts_with(['#', '+']) {
        return false;
    }
    let mut levels = topic.split('/');
    for part in filter.split('/') {
        match (part, levels.next()) {
            ("#", _) => return true,
            ("+", Some(_)) => {}
            (part, Some(level)) if part == level => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}
