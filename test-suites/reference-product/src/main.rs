//! Runs the simulated dishwasher until Ctrl-C.
fn main() {}
