//! Protocol clients: facts, never judgements.

pub mod outcome;
