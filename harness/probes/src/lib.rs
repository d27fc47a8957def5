//! Protocol clients: facts, never judgements.
