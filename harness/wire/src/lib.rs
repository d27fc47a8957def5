//! The only door to the network: authority, permits, deadlines, pace and transcripts.
//!
//! An [`Authority`] is made once for a run, from what the profile names. It hands out [`Permit`]s, and only a
//! permit opens a [`Link`] or [`Datagrams`]. Whatever goes through them is kept in a [`Ledger`], byte for byte.

#![allow(clippy::disallowed_methods, reason = "this crate is the door that the ban protects")]

mod authority;
mod clock;
mod datagrams;
mod dtls;
mod error;
mod ledger;
mod link;
mod listen;
mod pace;
mod permit;
mod secrets;
mod sessions;
mod tap;
mod tls;
mod turn;
mod web;

pub use authority::{Authority, Host};
pub use clock::{Deadlines, Stopwatch};
pub use datagrams::Datagrams;
pub use dtls::{DtlsIdentity, DtlsSession};
pub use error::{Error, Result};
pub use ledger::{Exchange, Frame, Ledger, Transport};
pub use link::Link;
pub use listen::{Listener, UdpListener};
pub use pace::Effort;
pub use permit::Permit;
pub use secrets::Secrets;
pub use sessions::TlsSessions;
pub use tap::Tap;
pub use tls::{ClientIdentity, ServerIdentity, TlsOptions, TlsSession};
pub use turn::{Slow, Turn};
pub use web::WebAnswer;
