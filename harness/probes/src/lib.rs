//! Protocol clients: facts, never judgements.

pub mod attempts;
pub mod coap;
pub mod dtls;
pub mod ftp;
pub mod http;
pub mod mdns;
pub mod mqtt;
pub mod ntp;
pub mod outcome;
pub mod peer;
pub mod ports;
pub mod snmp;
pub mod ssdp;
pub mod ssh_auth;
pub mod ssh_kex;
pub mod syslog;
pub mod telnet;
pub mod tls;
pub mod x509;

#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod handshake;
mod text;

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "stand-ins for products open their own sockets")]
mod testing;
