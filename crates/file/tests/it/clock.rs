//! Names of files come from a clock that need not be good.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use telespan_file::{RotatingWriter, Rotation};

use crate::support::{content, files, numbered_lines};

#[test]
fn names_ascend_while_the_clock_steps_back_and_before_the_epoch() {
    let readings = [1_000, 900, 900, 2_000, 5];
    let next = AtomicUsize::new(0);
    let clock = move || match readings.get(next.fetch_add(1, Ordering::Relaxed)) {
        Some(&nanos) => UNIX_EPOCH + Duration::from_nanos(nanos),
        None => UNIX_EPOCH - Duration::from_secs(1),
    };
    let directory = tempfile::tempdir().unwrap();
    let rotation = Rotation::new(directory.path()).with_limit(10);
    let lines = numbered_lines(6, 10);
    RotatingWriter::open_with_clock(rotation, clock).unwrap().write_lines(&lines).unwrap();

    let names: Vec<_> = files(directory.path())
        .iter()
        .map(|(path, _)| path.file_name().unwrap().to_str().unwrap()[..20].parse::<u64>().unwrap())
        .collect();
    assert_eq!(names, [1_000, 1_001, 1_002, 2_000, 2_001, 2_002]);
    assert_eq!(content(directory.path()), lines);
}
