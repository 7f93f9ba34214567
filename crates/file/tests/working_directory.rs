//! A process of its own, for it changes its working directory.

use std::env;
use std::fs;

use telespan_file::{RotatingWriter, Rotation};

#[test]
fn a_relative_directory_stays_where_it_was_at_the_start() {
    let (start, later) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    env::set_current_dir(&start).unwrap();
    let mut writer = RotatingWriter::open(Rotation::new("traces").with_limit(1)).unwrap();
    writer.write_lines(b"before\n").unwrap();
    env::set_current_dir(&later).unwrap();
    writer.write_lines(b"after\n").unwrap();

    assert_eq!(fs::read_dir(start.path().join("traces")).unwrap().count(), 2);
    assert_eq!(fs::read_dir(later.path()).unwrap().count(), 0);
    assert!(writer.newest_file().unwrap().starts_with(fs::canonicalize(start.path()).unwrap()));
}
