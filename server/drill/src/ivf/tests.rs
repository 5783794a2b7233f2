use super::*;

fn file(frames: &[&[u8]]) -> Vec<u8> {
    let mut file = b"DKIF\0\0\x20\0VP80\x80\x02\x68\x01".to_vec();
    file.extend_from_slice(&15_u32.to_le_bytes());
    file.extend_from_slice(&1_u32.to_le_bytes());
    file.resize(32, 0);
    for frame in frames {
        file.extend_from_slice(&(frame.len() as u32).to_le_bytes());
        file.extend_from_slice(&[0; 8]);
        file.extend_from_slice(frame);
    }
    file
}

#[test]
fn frames_come_out_as_they_are() {
    let clip = read_clip(&file(&[&[0x10, 1, 2], &[0x11, 3]])).expect("a well-formed file");
    assert_eq!((clip.width, clip.height, clip.ticks), (640, 360, 6000));
    assert!(clip.frames[0].key && !clip.frames[1].key);
    assert_eq!(&clip.frames[1].data[..], [0x11, 3]);
}

#[test]
fn other_files_are_refused() {
    assert_eq!(read_clip(b"RIFF"), Err(IvfError::NotVp8));
    assert_eq!(read_clip(&file(&[&[0x11]])), Err(IvfError::NoKeyFrame));
    let mut cut = file(&[&[0x10, 1, 2]]);
    cut.pop();
    assert_eq!(read_clip(&cut), Err(IvfError::Truncated));
}
