//! What was written survives `kill -9`, and no line is half there but the very last.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use telespan_file::{RotatingWriter, Rotation};

use crate::support::{child, child_directory, files};

/// Lines a call, so that a kill falls into the middle of large writes.
const PER_CALL: usize = 2_000;

fn line(i: usize) -> String {
    format!("{i} {}\n", "x".repeat(i % 97))
}

#[test]
fn lines_written_before_kill_9_are_all_there_and_whole() {
    for round in 0..12 {
        let directory = tempfile::tempdir().unwrap();
        let mut child = child("crash::child_process_writes_until_killed", directory.path());
        let mut child = child.stdout(Stdio::piped()).spawn().unwrap();
        let mut acknowledged = 0;
        let mut acknowledgements = 0;
        for text in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            if let Some(count) = text.strip_prefix("written ") {
                acknowledged = count.parse().unwrap();
                acknowledgements += 1;
            }
            // Those that were under way are still read afterwards, to the end of the pipe.
            if acknowledgements == 1 + round * 3 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(acknowledged > 0);

        let content = files(directory.path()).into_iter().flat_map(|(_, content)| content);
        let text = String::from_utf8(content.collect()).unwrap();
        let whole: Vec<_> = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).collect();
        assert!(whole.len() >= acknowledged, "{} of {acknowledged} lines", whole.len());
        assert!(whole.iter().enumerate().all(|(i, found)| *found == line(i)), "round {round}");
    }
}

#[test]
#[ignore = "the work of a child process"]
fn child_process_writes_until_killed() {
    let Some(directory) = child_directory() else { return };
    let mut writer = RotatingWriter::open(Rotation::new(directory).with_limit(300_000)).unwrap();
    let mut stdout = std::io::stdout();
    for call in 0.. {
        let lines: String = (call * PER_CALL..(call + 1) * PER_CALL).map(line).collect();
        writer.write_lines(lines.as_bytes()).unwrap();
        if writeln!(stdout, "\nwritten {}", (call + 1) * PER_CALL).is_err() {
            return;
        }
    }
}
