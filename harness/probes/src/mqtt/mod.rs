//! MQTT 3.1.1 and 5: log-in, subscribing, publishing, and what the broker says to each.

mod client;
pub(crate) mod codec;
mod log_ins;
mod session;

pub use client::{Connect, Connected, connect, connect_any};
pub use codec::{Code, Message, Version};
pub use log_ins::LogIns;
pub use session::{Collected, Reply, Session};
