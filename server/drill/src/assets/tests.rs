use super::*;

#[test]
fn every_portrait_loops_from_key_frame_to_key_frame() {
    for portrait in [
        Portrait::Chair,
        Portrait::Spokesperson,
        Portrait::Mai,
        Portrait::Claire,
        Portrait::Sato,
        Portrait::Amina,
    ] {
        let clip = portrait.clip().expect("the shipped files are readable");
        assert_eq!((clip.width, clip.height, clip.ticks), (640, 360, 6000), "{portrait:?}");
        assert_eq!(clip.frames.len(), 150, "{portrait:?} lasts ten seconds");
        let furthest = clip
            .frames
            .split(|frame| frame.key)
            .map(<[_]>::len)
            .max()
            .unwrap_or_default();
        assert!(
            furthest < 30,
            "{portrait:?} answers a key frame request within two seconds"
        );
    }
}
