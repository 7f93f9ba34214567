//! Old files go, but never one that somebody holds open, and never one that is not ours.

use std::fs::{self, File};
use std::path::Path;

use telespan_file::{RotatingWriter, Rotation};

use crate::support::{content, files, numbered_lines};

#[test]
fn only_the_newest_files_are_kept() {
    for (rotation, kept) in [
        (Rotation::new("").with_max_files(3), 3),
        (Rotation::new("").with_max_files(0), 1),
        // Looked at when a file is opened: the new one is still empty.
        (Rotation::new("").with_max_bytes(25), 3),
        (Rotation::new("").with_max_files(5).with_max_bytes(10), 2),
        (Rotation::new("").with_max_files(2).with_max_bytes(1_000), 2),
        (Rotation::new(""), 20),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let mut rotation = rotation.with_limit(10);
        rotation.directory = directory.path().into();
        let lines = numbered_lines(20, 10);
        let mut writer = RotatingWriter::open(rotation.clone()).unwrap();
        writer.write_lines(&lines).unwrap();
        assert_eq!(content(directory.path()), lines[(20 - kept) * 10..], "{rotation:?}");
        assert_eq!(writer.removed_files(), 20 - kept as u64);
    }
}

#[test]
fn files_that_are_locked_or_named_otherwise_stay() {
    let directory = tempfile::tempdir().unwrap();
    let old = |time: u8| format!("{time:020}-0123456789abcdef.jsonl");
    let place = |name: &str| directory.path().join(name);
    for name in [&old(1), &old(2), &old(3), "notes.jsonl", "1-2.jsonl"] {
        fs::write(place(name), "kept\n").unwrap();
    }
    fs::create_dir(place(&old(4))).unwrap();
    std::os::unix::fs::symlink(place("notes.jsonl"), place(&old(5))).unwrap();
    let held = File::open(place(&old(2))).unwrap();
    held.lock().unwrap();

    let rotation = Rotation::new(directory.path()).with_limit(10).with_max_files(1);
    let mut writer = RotatingWriter::open(rotation).unwrap();
    writer.write_lines(&numbered_lines(2, 10)).unwrap();
    assert_eq!(writer.removed_files(), 3);
    for (name, stays) in [
        (&*old(1), false),
        (&old(2), true),
        (&old(3), false),
        (&old(4), true),
        (&old(5), true),
        ("notes.jsonl", true),
        ("1-2.jsonl", true),
    ] {
        assert_eq!(place(name).symlink_metadata().is_ok(), stays, "{name}");
    }

    drop(held);
    writer.write_lines(b"next\n").unwrap();
    assert!(!place(&old(2)).exists());
}

#[test]
fn a_writer_never_removes_the_open_file_of_another() {
    let directory = tempfile::tempdir().unwrap();
    let open =
        |path: &Path| RotatingWriter::open(Rotation::new(path).with_limit(10).with_max_files(1)).unwrap();
    let (mut quiet, mut busy) = (open(directory.path()), open(directory.path()));
    quiet.write_lines(b"quiet\n").unwrap();
    busy.write_lines(&numbered_lines(50, 10)).unwrap();
    assert_eq!(files(directory.path()).len(), 2);
    assert_eq!(files(directory.path())[0].1, b"quiet\n");
}
