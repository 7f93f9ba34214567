//! Disks that are full or not to be written to, for real: in mount namespaces of child processes.

use std::fs;
use std::io;
use std::path::Path;

use telespan_export::{Exporter, Failure};
use telespan_file::{FileExporter, Kept, OpenError, RotatingWriter, Rotation, WriteError};

use crate::support::{
    batch, child_directory, child_on_tmpfs, content, files, later, lines, numbered_lines, ready, run,
};

fn on_tmpfs(name: &str, options: &str) {
    let directory = tempfile::tempdir().unwrap();
    if let Some(child) = child_on_tmpfs(name, directory.path(), options) {
        run(child);
    }
}

#[test]
fn a_read_only_file_system_is_an_error_at_the_start() {
    on_tmpfs("faults::child_on_a_read_only_file_system", "ro");
}

#[test]
#[ignore = "the work of a child process"]
fn child_on_a_read_only_file_system() {
    let Some(directory) = child_directory() else { return };
    let error = RotatingWriter::open(Rotation::new(&directory)).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(directory.to_str().unwrap()) && text.contains("remount"), "{text}");
    let OpenError::NotWritable { source, .. } = error else { panic!("{error:?}") };
    assert_eq!(source.kind(), io::ErrorKind::ReadOnlyFilesystem);

    let below = directory.join("below");
    let error = RotatingWriter::open(Rotation::new(&below)).unwrap_err();
    assert!(matches!(&error, OpenError::CreateDirectory { directory, .. } if *directory == below));
}

#[test]
fn a_full_disk_keeps_whole_lines_and_writing_goes_on_when_there_is_room() {
    on_tmpfs("faults::child_on_a_full_disk", "size=64k");
}

#[test]
#[ignore = "the work of a child process"]
fn child_on_a_full_disk() {
    let Some(directory) = child_directory() else { return };
    // Lines of 700 bytes end nowhere near the ends of the pages that the file system gives out.
    for limit in [10_000, Rotation::DEFAULT_LIMIT] {
        let ballast = directory.join("ballast");
        fs::write(&ballast, [0; 64 * 1024]).unwrap();
        let lines = numbered_lines(60, 700);
        let mut writer = RotatingWriter::open(Rotation::new(&directory).with_limit(limit)).unwrap();
        assert_eq!(writer.write_lines(&lines).unwrap_err().kept(), Kept::default());
        assert_eq!(without(&directory, "ballast"), b"");

        fs::write(&ballast, [0; 32 * 1024]).unwrap();
        let error = writer.write_lines(&lines).unwrap_err();
        let kept = error.kept();
        assert!(error.to_string().contains("make room"), "{error}");
        let (WriteError::Write { source, .. } | WriteError::CreateFile { source, .. }) = error else {
            panic!("{error:?}")
        };
        assert_eq!(source.kind(), io::ErrorKind::StorageFull);
        assert!(kept.lines > 20 && kept.bytes == kept.lines * 700, "{kept:?}");
        assert_eq!(without(&directory, "ballast"), lines[..kept.bytes]);

        let again = writer.write_lines(&lines[kept.bytes..]).unwrap_err();
        let kept = kept.bytes + again.kept().bytes;
        assert_eq!(without(&directory, "ballast"), lines[..kept]);

        fs::remove_file(&ballast).unwrap();
        writer.write_lines(&lines[kept..]).unwrap();
        assert_eq!(content(&directory), lines);
        drop(writer);
        for (path, _) in files(&directory) {
            fs::remove_file(path).unwrap();
        }
    }
}

/// The content of all files but one. None of them is empty.
fn without(directory: &Path, name: &str) -> Vec<u8> {
    let files = files(directory).into_iter().filter(|(path, _)| !path.ends_with(name));
    files.inspect(|(path, content)| assert!(!content.is_empty(), "{path:?}")).flat_map(|(_, c)| c).collect()
}

#[test]
fn batches_that_met_a_full_disk_go_on_where_they_stopped() {
    on_tmpfs("faults::child_that_exports_to_a_full_disk", "size=64k");
}

#[test]
#[ignore = "the work of a child process"]
fn child_that_exports_to_a_full_disk() {
    let Some(directory) = child_directory() else { return };
    let ballast = directory.join("ballast");
    fs::write(&ballast, [0; 32 * 1024]).unwrap();
    let exporter = FileExporter::open(Rotation::new(&directory)).unwrap();
    let export = |batch| ready(exporter.export(batch, later()));
    let (first, second) = (batch(0..60, 700), batch(60..80, 700));

    for batch in [&first, &first, &second, &first] {
        let error = export(batch).unwrap_err();
        assert_eq!(error.failure(), Failure::Retryable { after: None });
        let text = error.chain();
        assert!(text.contains(directory.to_str().unwrap()) && text.contains("make room"), "{text}");
    }
    let kept = without(&directory, "ballast");
    assert!(lines(&first).starts_with(&kept) && kept.ends_with(b"\n"));

    fs::remove_file(&ballast).unwrap();
    export(&second).unwrap();
    export(&first).unwrap();
    let rest = &lines(&first)[kept.len()..];
    assert_eq!(content(&directory), [&kept, &*lines(&second), rest].concat());
}
