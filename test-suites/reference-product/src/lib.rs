//! A simulated connected dishwasher with faults on request: a device (two samples of it), a hub and a backend on loopback.
//!
//! It is good by default; each [`Fault`] breaks one thing. It shares no code with the harness that tests it.

mod access_settings;
mod accounts;
mod accounts_api;
mod addresses;
mod any_certificate;
mod backend_api;
mod backend_updates;
mod captures;
mod clock;
mod coap;
mod collector;
mod device_configuration;
mod device_door;
mod device_settings;
mod device_web;
mod digest_login;
mod events;
mod fault;
mod ftp;
mod http;
mod hub_devices;
mod hub_web;
mod lines;
mod md5;
mod mdns;
mod message;
mod misfit;
mod mqtt;
mod net;
mod notes;
mod notices;
mod objects;
mod outbound;
mod papers;
mod ports;
mod power;
mod product;
mod reader;
mod sessions;
mod snmp;
mod ssh;
mod state;
mod state_api;
mod syslog;
mod telnet;
mod tls;
mod tls_face;
mod token;
#[cfg(test)]
mod trial;
mod turn;
mod update;
mod world;

pub use addresses::Addresses;
pub use fault::{Fault, UnknownFault};
pub use misfit::Misfit;
pub use product::{Part, Product, Settings, is_up, start};
pub use turn::{Mood, SCRIBBLE, Turn};
