//! A simulated connected dishwasher with faults on request.
