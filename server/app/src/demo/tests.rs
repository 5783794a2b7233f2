use super::memory::Memory;
use rostrum_domain::id::EventId;
use uuid::Uuid;

#[test]
fn the_next_start_finds_the_same_events() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(
        Memory::recall(folder.path()).expect("an empty folder is readable"),
        None
    );
    let id = |number| EventId(Uuid::from_u128(number));
    let memory = Memory {
        past: id(1),
        live: id(2),
        upcoming: id(3),
    };
    memory.keep(folder.path()).expect("the folder is writable");
    assert_eq!(
        Memory::recall(folder.path()).expect("the file is readable"),
        Some(memory)
    );
    std::fs::write(folder.path().join("demo.json"), "{").expect("the folder is writable");
    assert!(
        Memory::recall(folder.path()).is_err(),
        "a broken file is not taken for an empty one"
    );
}
