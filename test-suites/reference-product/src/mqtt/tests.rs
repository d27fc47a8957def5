use super::broker::{matches, valid};
