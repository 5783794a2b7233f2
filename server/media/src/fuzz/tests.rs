use super::*;
use proptest::{collection::vec, prelude::*};

/// Damages an offer: replaces, repeats, drops and swaps lines, as fuzzers and strange clients do.
fn damaged(offer: &'static str) -> impl Strategy<Value = String> {
    let edits = vec((any::<prop::sample::Index>(), 0u8..5, "[ -~]{0,40}"), 1..6);
    edits.prop_map(move |edits| {
        let mut lines: Vec<String> = offer.lines().map(str::to_owned).collect();
        for (place, edit, text) in edits {
            let at = place.index(lines.len());
            match edit {
                0 => lines[at] = text,
                1 => lines.insert(at, lines[at].clone()),
                2 if lines.len() > 1 => drop(lines.remove(at)),
                3 => lines[at].push_str(&text),
                _ => {
                    let cut = lines[at].char_indices().nth(lines[at].len() / 2);
                    let cut = cut.map_or(0, |(index, _)| index);
                    lines[at].truncate(cut);
                }
            }
        }
        lines.join("\r\n") + "\r\n"
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_stun(mut data in vec(any::<u8>(), 0..200)) {
        stun(&data);
        if data.len() >= 20 {
            data[..8].copy_from_slice(&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
            let length = (data.len() - 20) as u16 & !3;
            data[2..4].copy_from_slice(&length.to_be_bytes());
        }
        stun(&data);
    }

    #[test]
    fn any_rtcp(mut data in vec(any::<u8>(), 0..300), kind in 200u8..=206, count in 0u8..32) {
        rtcp(&data);
        if data.len() >= 4 {
            (data[0], data[1]) = (0x80 | count, kind);
            let words = (data.len() / 4 - 1) as u16;
            data[2..4].copy_from_slice(&words.to_be_bytes());
        }
        rtcp(&data);
    }

    #[test]
    fn any_payload(data in vec(any::<u8>(), 0..100)) {
        vp8(&data);
        h264(&data);
    }

    #[test]
    fn any_rtp(packets in vec((prop::sample::select(vec![96u8, 97, 102, 103, 111]), 0u32..8, any::<u16>(), vec(any::<u8>(), 0..40)), 0..30)) {
        let mut data = Vec::new();
        for (kind, ssrc, number, payload) in packets {
            data.extend_from_slice(&(12 + payload.len() as u16).to_be_bytes());
            data.extend_from_slice(&[0x80, kind]);
            data.extend_from_slice(&number.to_be_bytes());
            data.extend_from_slice(&[0; 4]);
            data.extend_from_slice(&ssrc.to_be_bytes());
            data.extend_from_slice(&payload);
        }
        rtp(&data);
    }

    #[test]
    fn any_bytes_as_rtp(data in vec(any::<u8>(), 0..300)) {
        rtp(&data);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_offers(to_whip in damaged(WHIP_OFFER), to_whep in damaged(WHEP_OFFER)) {
        whip(&to_whip);
        whep(&to_whep);
    }

    #[test]
    fn any_datagrams(datagrams in vec((any::<u8>(), prop::sample::select(vec![0u8, 1, 20, 22, 128, 144, 200]), vec(any::<u8>(), 0..100)), 0..40)) {
        let mut data = Vec::new();
        for (who, first, rest) in datagrams {
            data.push(who);
            data.extend_from_slice(&(1 + rest.len() as u16).to_be_bytes());
            data.push(first);
            data.extend_from_slice(&rest);
        }
        plane(&data);
    }
}

#[test]
fn the_seeds_pass() {
    let seeds = |target: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/").to_owned() + target;
        let files = std::fs::read_dir(folder).unwrap();
        files
            .map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect::<Vec<_>>()
    };
    let text = |data: &[u8]| String::from_utf8_lossy(data).into_owned();
    seeds("stun").iter().for_each(|data| stun(data));
    seeds("rtcp").iter().for_each(|data| rtcp(data));
    seeds("rtp").iter().for_each(|data| rtp(data));
    seeds("vp8").iter().for_each(|data| vp8(data));
    seeds("h264").iter().for_each(|data| h264(data));
    seeds("plane").iter().for_each(|data| plane(data));
    seeds("whip").iter().for_each(|data| whip(&text(data)));
    seeds("whep").iter().for_each(|data| whep(&text(data)));
}
