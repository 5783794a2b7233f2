#![no_main]

libfuzzer_sys::fuzz_target!(|offer: &str| rostrum_media::fuzz::whip(offer));
