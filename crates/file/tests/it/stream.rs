//! Streams that take little, fail and recover still carry every line whole and once.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use telespan_export::{Exporter, Failure};
use telespan_file::WriterExporter;

use crate::support::{batch, later, lines, ready};

/// Takes as many bytes a write as the script says; zero is an error. Everything once the script is over.
struct Scripted {
    script: std::vec::IntoIter<usize>,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Scripted {
    fn step(&mut self, most: usize) -> io::Result<usize> {
        match self.script.next() {
            Some(0) => Err(io::ErrorKind::StorageFull.into()),
            Some(count) => Ok(count.min(most)),
            None => Ok(most),
        }
    }
}

impl Write for Scripted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.step(bytes.len())?;
        self.taken.lock().unwrap().extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.step(1).map(drop)
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_or_doubled_or_torn_by_a_stream_that_fails(
        script in prop::collection::vec(prop_oneof![Just(0usize), 1usize..400], 0..60),
        spans in 1usize..12,
    ) {
        let failures = script.iter().filter(|&&step| step == 0).count();
        let taken = Arc::default();
        let stream = Scripted { script: script.into_iter(), taken: Arc::clone(&taken) };
        let exporter = WriterExporter::new(stream);
        let batches = [batch(0..spans, 0), batch(spans..2 * spans, 300)];
        let mut failed = 0;
        for batch in &batches {
            while let Err(error) = ready(exporter.export(batch, later())) {
                prop_assert_eq!(error.failure(), Failure::Retryable { after: None });
                failed += 1;
                prop_assert!(failed <= failures);
            }
        }
        let expected: Vec<u8> = batches.iter().flat_map(lines).collect();
        prop_assert_eq!(&*taken.lock().unwrap(), &expected);
    }
}

#[test]
fn the_places_of_the_last_eight_failed_batches_are_kept() {
    let batches: Vec<_> = (0..9).map(|i| batch(2 * i..2 * i + 2, 0)).collect();
    let split = |batch| {
        let text = lines(batch);
        let newline = text.iter().position(|&byte| byte == b'\n').unwrap() + 1;
        (text[..newline].to_vec(), text[newline..].to_vec())
    };
    let halves: Vec<_> = batches.iter().map(split).collect();
    let script: Vec<_> = halves.iter().flat_map(|(first, _)| [first.len(), 0]).collect();
    let taken = Arc::default();
    let exporter = WriterExporter::new(Scripted { script: script.into_iter(), taken: Arc::clone(&taken) });
    for batch in &batches {
        ready(exporter.export(batch, later())).unwrap_err();
    }
    for batch in batches.iter().rev() {
        ready(exporter.export(batch, later())).unwrap();
    }
    let mut expected: Vec<_> = halves.iter().map(|(first, _)| &**first).collect();
    expected.extend(halves.iter().skip(1).rev().map(|(_, second)| &**second));
    // The oldest was forgotten: twice is better than never.
    expected.extend([&*halves[0].0, &halves[0].1]);
    assert_eq!(*taken.lock().unwrap(), expected.concat());
}

#[test]
fn a_pipe_that_nobody_reads_any_more_is_a_permanent_failure() {
    let (reader, writer) = io::pipe().unwrap();
    let exporter = WriterExporter::new(writer);
    drop(reader);
    let error = ready(exporter.export(&batch(0..1, 0), later())).unwrap_err();
    assert_eq!(error.failure(), Failure::Permanent);
    assert!(error.chain().contains("output stream"), "{}", error.chain());
}

#[test]
fn a_stream_is_closed_by_the_shutdown() {
    let (mut reader, writer) = io::pipe().unwrap();
    let exporter = WriterExporter::new(writer);
    let batch = batch(0..3, 0);
    ready(exporter.export(&batch, later())).unwrap();
    for _ in 0..2 {
        ready(exporter.shutdown(later())).unwrap();
    }
    assert_eq!(ready(exporter.export(&batch, later())).unwrap_err().failure(), Failure::Closed);
    let mut text = Vec::new();
    io::Read::read_to_end(&mut reader, &mut text).unwrap();
    assert_eq!(text, lines(&batch));
}
