//! Reading profiles.

mod checks;
mod good;
mod hostile;
mod problems;
mod template;
