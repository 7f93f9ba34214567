//! Several writers, threads and processes alike, in one directory.

use std::path::Path;
use std::process::Stdio;
use std::thread;

use telespan_file::{RotatingWriter, Rotation};

use crate::support::{child, child_directory, files};

const LINES: usize = 2_000;

fn write(directory: &Path, who: &str) {
    let mut writer = RotatingWriter::open(Rotation::new(directory).with_limit(500)).unwrap();
    for i in 0..LINES {
        writer.write_lines(format!("{who} {i}\n").as_bytes()).unwrap();
    }
}

/// Everybody's lines are all there, whole, in their order, and no two writers share a file.
fn check(directory: &Path, writers: &[&str]) {
    let files: Vec<_> =
        files(directory).into_iter().map(|(_, content)| String::from_utf8(content).unwrap()).collect();
    for who in writers {
        let mine = |line: &str| line.split(' ').next() == Some(who);
        let own: Vec<_> = files.iter().filter(|file| file.lines().any(mine)).collect();
        assert!(own.iter().all(|file| file.lines().all(mine) && file.len() <= 500));
        let lines: Vec<_> = own.iter().flat_map(|file| file.lines()).collect();
        let expected: Vec<_> = (0..LINES).map(|i| format!("{who} {i}")).collect();
        assert_eq!(lines, expected);
    }
}

#[test]
fn threads_with_writers_of_their_own_do_not_disturb_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let writers = ["a", "b", "c", "d"];
    thread::scope(|scope| {
        for who in writers {
            scope.spawn(|| write(directory.path(), who));
        }
    });
    check(directory.path(), &writers);
}

#[test]
fn processes_do_not_disturb_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let writers = ["0", "1", "2"];
    let children: Vec<_> = writers
        .iter()
        .map(|who| {
            let mut child = child("sharing::child_process_writes_lines", directory.path());
            child.env("WHO", who).stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    check(directory.path(), &writers);
}

#[test]
#[ignore = "the work of a child process"]
fn child_process_writes_lines() {
    let Some(directory) = child_directory() else { return };
    write(&directory, &std::env::var("WHO").unwrap());
}
