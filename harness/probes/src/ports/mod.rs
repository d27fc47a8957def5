//! Which ports of a host answer, and what answers there.

mod identify;
mod list;
mod payloads;
pub(crate) mod recognise;
mod tcp;
mod udp;

pub use identify::{Service, identify};
pub use list::parse_ports;
pub use tcp::{TcpScan, tcp};
pub use udp::{UdpScan, udp};
