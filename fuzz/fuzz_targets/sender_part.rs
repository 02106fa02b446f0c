#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| zwfw_intake_fuzz::sender_part(data));
