//! See `targets::validator`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::run(fuzz::targets::validator, data));
