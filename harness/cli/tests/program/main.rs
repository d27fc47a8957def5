//! The program as its user meets it: what it prints, how it ends, and what it leaves behind.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod announced;
mod apart;
mod campaign;
mod capture;
mod check;
mod clock;
mod declare;
mod demo;
mod disk;
mod hostile;
mod interrupt;
mod lab;
mod network;
mod peers;
mod people;
mod protocols;
mod reports;
mod resume;
mod scarce;
mod scope;
mod seal;
mod secrets;
mod trial;
mod words;
