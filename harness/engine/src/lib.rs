//! From plan to run to journal; knows no protocol.
//!
//! Data flows one way: an [`Assessment`] makes a plan, the plan is carried out on a [`Bench`] step by step, each
//! step ends as an event in the journal, and the run is read back from the journal alone.

mod allowance;
mod assemble;
mod assessment;
mod bench;
mod clock;
mod coverage;
mod error;
mod facts;
mod folder;
mod health;
mod journal;
mod people;
mod planning;
mod resume;
mod ruling;
mod run;
mod secrets;
mod test;

pub use assessment::{Assessment, Selection};
pub use bench::{Bench, Hold};
pub use clock::{unix_now, unix_now_micros};
pub use coverage::coverage;
pub use error::Error;
pub use folder::Folder;
pub use people::{Asker, People, Told, questions, stand_in};
pub use planning::plan;
pub use ruling::{Control, Finding, Outcome, Ruling, Seen, Stop};
pub use run::{Progress, carry_out};
pub use secrets::Keyring;
pub use test::{Applies, Subject, Test, TestFuture};
