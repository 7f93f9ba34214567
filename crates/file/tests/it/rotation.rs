//! Rotation keeps lines whole, files within the limit, and everything in order.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use proptest::prelude::*;
use telespan_file::{RotatingWriter, Rotation, WriteError};

use crate::support::{content, files, numbered_lines};

fn writer(directory: &Path, limit: u64) -> RotatingWriter {
    RotatingWriter::open(Rotation::new(directory).with_limit(limit)).unwrap()
}

/// What the files must be, said in the simplest way.
fn model(lines: &[Vec<u8>], limit: u64) -> Vec<Vec<u8>> {
    let mut files: Vec<Vec<u8>> = Vec::new();
    for line in lines {
        match files.last_mut() {
            Some(file) if (file.len() + line.len()) as u64 <= limit => file.extend(line),
            _ => files.push(line.clone()),
        }
    }
    files
}

fn written(directory: &Path) -> Vec<Vec<u8>> {
    files(directory).into_iter().map(|(_, content)| content).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn files_are_what_a_simple_model_says_for_any_lines_limit_and_calls(
        lengths in prop::collection::vec(prop_oneof![8 => 0usize..60, 1 => 60usize..700], 0..120),
        limit in prop_oneof![0u64..120, Just(1_000_000)],
        per_call in 1usize..50,
    ) {
        let lines: Vec<Vec<u8>> = lengths
            .iter()
            .enumerate()
            .map(|(i, &len)| {
                let mut line = vec![b'a' + (i % 26) as u8; len];
                line.push(b'\n');
                line
            })
            .collect();
        let directory = tempfile::tempdir().unwrap();
        let mut writer = writer(directory.path(), limit);
        for call in lines.chunks(per_call) {
            writer.write_lines(&call.concat()).unwrap();
        }
        prop_assert_eq!(written(directory.path()), model(&lines, limit));
    }
}

#[test]
fn many_lines_in_calls_of_any_size_fill_files_to_the_limit() {
    for (limit, count, per_call) in [(100, 2_000, 1), (100, 2_000, 700), (1_000_000, 200_000, 3_000)] {
        let directory = tempfile::tempdir().unwrap();
        let lines = numbered_lines(count, 23);
        let mut writer = writer(directory.path(), limit);
        for call in lines.chunks(23 * per_call) {
            writer.write_lines(call).unwrap();
        }
        let files = written(directory.path());
        assert_eq!(files.concat(), lines);
        let full = limit as usize / 23 * 23;
        let (last, others) = files.split_last().unwrap();
        assert!(others.iter().all(|file| file.len() == full), "limit {limit}");
        assert!(!last.is_empty() && last.len() <= full);
    }
}

#[test]
fn a_line_longer_than_the_limit_has_a_file_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let long = [&[b'x'; 500][..], b"\n"].concat();
    writer(directory.path(), 100).write_lines(&[b"a\n", &long[..], b"b\nc\n"].concat()).unwrap();
    assert_eq!(written(directory.path()), [b"a\n".to_vec(), long, b"b\nc\n".to_vec()]);
}

#[test]
fn nothing_is_opened_before_the_first_line_and_no_probe_stays() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = writer(directory.path(), 100);
    writer.write_lines(b"").unwrap();
    writer.sync().unwrap();
    drop(writer);
    assert_eq!(files(directory.path()), []);
}

#[test]
fn a_torn_line_is_refused_whole() {
    let directory = tempfile::tempdir().unwrap();
    let error = writer(directory.path(), 100).write_lines(b"a\nb").unwrap_err();
    assert!(matches!(error, WriteError::NotWholeLines));
    assert_eq!((error.kept().lines, files(directory.path()).len()), (0, 0));
}

#[test]
fn directories_and_files_belong_to_the_user_alone() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("a/b");
    writer(&directory, 100).write_lines(b"line\n").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&root.path().join("a")), 0o700);
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&files(&directory)[0].0), 0o600);
}

#[test]
fn a_directory_that_cannot_be_is_an_error_at_the_start_that_names_it() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("file"), "").unwrap();
    for path in ["file", "file/below"] {
        let path = root.path().join(path);
        let error = RotatingWriter::open(Rotation::new(&path)).unwrap_err().to_string();
        assert!(error.contains(path.to_str().unwrap()), "{error}");
        assert!(error.contains("not a directory"), "{error}");
    }
}

#[test]
fn a_directory_removed_underneath_is_made_again_and_the_file_is_not_written_into_the_void() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("a/b");
    let mut writer = writer(&directory, 1_000);
    writer.write_lines(b"lost with the directory\n").unwrap();
    fs::remove_dir_all(root.path().join("a")).unwrap();
    writer.write_lines(b"first\n").unwrap();
    writer.write_lines(b"second\n").unwrap();
    assert_eq!(content(&directory), b"first\nsecond\n");
    fs::remove_file(&files(&directory)[0].0).unwrap();
    writer.write_lines(b"third\n").unwrap();
    assert_eq!(content(&directory), b"third\n");
}

#[test]
fn syncing_copes_with_files_that_were_closed_and_removed_meanwhile() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = writer(directory.path(), 10);
    for _ in 0..2 {
        writer.write_lines(&numbered_lines(5, 8)).unwrap();
        fs::remove_file(&files(directory.path())[1].0).unwrap();
        writer.sync().unwrap();
    }
    fs::remove_dir_all(directory.path()).unwrap();
    assert!(writer.sync().unwrap_err().to_string().contains(directory.path().to_str().unwrap()));
}

#[test]
fn the_newest_file_is_the_one_that_the_last_line_went_to() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = writer(directory.path(), 4);
    assert_eq!(writer.newest_file(), None);
    for (line, count) in [("a\n", 1), ("b\n", 1), ("c\n", 2)] {
        writer.write_lines(line.as_bytes()).unwrap();
        let newest = fs::read_to_string(writer.newest_file().unwrap()).unwrap();
        assert!(newest.ends_with(line), "{newest:?}");
        assert_eq!(files(directory.path()).len(), count);
    }
}
