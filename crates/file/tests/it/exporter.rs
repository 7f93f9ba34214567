//! Batches become lines of one span each, once, in order.

use std::time::Instant;

use telespan_export::{Accepted, Exporter, Failure};
use telespan_file::{FileExporter, Rotation, TraceFiles};
use telespan_otlp::Batch;

use crate::support::{batch, content, files, later, lines, ready};

fn open(rotation: Rotation) -> FileExporter {
    FileExporter::open(rotation).unwrap()
}

#[test]
fn every_span_is_a_line_of_its_own_and_reads_back() {
    let directory = tempfile::tempdir().unwrap();
    let exporter = open(Rotation::new(directory.path()).with_limit(10_000));
    let batches = [batch(0..1, 0), batch(1..500, 300), Batch::concat(&[]), batch(500..503, 20_000)];
    for batch in &batches {
        assert_eq!(ready(exporter.export(batch, later())).unwrap(), Accepted::default());
    }
    ready(exporter.sync(later())).unwrap();

    assert_eq!(content(directory.path()), batches.iter().flat_map(lines).collect::<Vec<_>>());
    let single: Vec<_> = (0..1).map(|i| batch(i..i + 1, 0)).collect();
    let single = single.into_iter().chain((1..500).map(|i| batch(i..i + 1, 300)));
    let single = single.chain((500..503).map(|i| batch(i..i + 1, 20_000)));
    let read: Vec<_> =
        TraceFiles::open([directory.path()]).unwrap().map(|found| found.unwrap().batch).collect();
    assert_eq!(read, single.collect::<Vec<_>>());
    assert!(
        files(directory.path()).iter().all(|(_, content)| content.len() <= 10_000
            || content.iter().filter(|&&byte| byte == b'\n').count() == 1)
    );
}

#[test]
fn a_deadline_that_has_passed_ends_the_attempt_and_the_next_goes_on_behind() {
    let directory = tempfile::tempdir().unwrap();
    let exporter = open(Rotation::new(directory.path()));
    let batch = batch(0..2_000, 500);
    let passed = Instant::now();
    let mut failures = 0;
    while let Err(error) = ready(exporter.export(&batch, passed)) {
        assert_eq!(error.failure(), Failure::Retryable { after: None });
        failures += 1;
        assert!(failures < 100, "no attempt makes progress");
    }
    assert!(failures > 1);
    assert_eq!(content(directory.path()), lines(&batch));

    // The place is forgotten with the success: the same bytes again are written again.
    ready(exporter.export(&batch, later())).unwrap();
    assert_eq!(content(directory.path()), lines(&Batch::concat(&[batch.clone(), batch])));
}

#[test]
fn after_the_shutdown_everything_is_closed_and_nothing_is_locked() {
    let directory = tempfile::tempdir().unwrap();
    let exporter = open(Rotation::new(directory.path()).with_limit(1).with_max_files(2));
    assert_eq!(exporter.directory(), directory.path());
    ready(exporter.export(&batch(0..5, 0), later())).unwrap();
    assert_eq!(exporter.removed_files(), 3);
    for _ in 0..2 {
        ready(exporter.shutdown(later())).unwrap();
    }
    assert_eq!(exporter.removed_files(), 3);
    let error = ready(exporter.export(&batch(0..1, 0), later())).unwrap_err();
    assert_eq!(error.failure(), Failure::Closed);
    assert_eq!(ready(exporter.sync(later())).unwrap_err().failure(), Failure::Closed);
    for (path, _) in files(directory.path()) {
        std::fs::File::open(path).unwrap().try_lock().unwrap();
    }
}

#[test]
fn exporters_of_many_threads_share_one() {
    let directory = tempfile::tempdir().unwrap();
    let exporter = open(Rotation::new(directory.path()).with_limit(20_000));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let exporter = &exporter;
            scope.spawn(move || {
                for i in (thread * 100..thread * 100 + 100).step_by(10) {
                    ready(exporter.export(&batch(i..i + 10, 300), later())).unwrap();
                }
            });
        }
    });
    let content = content(directory.path());
    let sorted = |text: &[u8]| {
        let mut lines: Vec<_> = text.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&content), sorted(&lines(&batch(0..400, 300))));
}
