//! From plan to run to journal; knows no protocol.
