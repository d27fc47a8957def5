//! CoAP over UDP and DTLS: requests, separate and blockwise answers, and discovery of resources.

mod client;
pub(crate) mod links;
pub(crate) mod message;

pub use client::Client;
pub use links::{Discovery, Link};
pub use message::{Answer, Request};
