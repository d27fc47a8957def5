//! HTTP/1.1: one request at a time, odd answers kept, log-ins of four kinds, and links to follow.

mod access;
mod client;
pub(crate) mod cookie;
pub(crate) mod digest;
mod html;
mod log_ins;
mod login;
mod message;
pub(crate) mod read;
mod session;
pub(crate) mod words;

pub use crate::outcome::Accepted;
pub use access::Access;
pub use client::Client;
pub use cookie::Cookie;
pub use digest::{Challenge, challenges};
pub use html::{Input, inputs, is_login_page, links};
pub use log_ins::LogIns;
pub use login::{Attempt, log_in};
pub use message::{Answer, Request, encode_form, encode_path};
pub use session::{Session, call, invoke, log_out, upload};

#[cfg(test)]
mod fake;
