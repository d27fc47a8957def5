#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| assay_capture::fuzzing::capture_stream(bytes));
