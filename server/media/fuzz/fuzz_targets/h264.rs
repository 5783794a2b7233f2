#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_media::fuzz::h264(data));
