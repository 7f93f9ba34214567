//! Sources: drained when they should be, and in the account all along.

use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

use telespan_export::DropReason;
use telespan_otlp::Batch;
use telespan_pipeline::{Inlet, Pipeline, Reservation, Source, SourceCounts};

use crate::support::{LONG, NEVER, SPAN, balanced, batch, eager, scripted};

/// A source of the simplest kind: one lock, one chunk.
pub(crate) struct Gatherer {
    inlet: Inlet,
    state: Mutex<Gathered>,
}

#[derive(Default)]
struct Gathered {
    ended: u64,
    chunk: Vec<u32>,
    reservation: Option<Reservation>,
}

/// The bytes of a chunk of a [`Gatherer`].
const CHUNK: usize = 4 * SPAN;

impl Gatherer {
    pub(crate) fn attached_to(pipeline: &Pipeline) -> Arc<Gatherer> {
        let source = Arc::new(Gatherer { inlet: pipeline.inlet(), state: Mutex::default() });
        pipeline.attach(Arc::clone(&source) as Arc<dyn Source>);
        source
    }

    pub(crate) fn end_span(&self, name: u32) {
        let mut state = self.state.lock().unwrap();
        state.ended += 1;
        if state.reservation.is_none() {
            // Reserving may block, so not with the lock that `drain` takes.
            drop(state);
            let reserved = self.inlet.reserve(CHUNK);
            state = self.state.lock().unwrap();
            match reserved {
                Ok(reserved) => drop(state.reservation.get_or_insert(reserved)),
                Err(reason) => return self.inlet.lose(reason, 1),
            }
        }
        if self.inlet.is_closed() {
            return self.inlet.lose(DropReason::Shutdown, 1);
        }
        state.chunk.push(name);
        if state.chunk.len() * SPAN == CHUNK {
            state.hand_over(&mut |batch, reservation| self.inlet.push(batch, reservation));
        }
    }
}

impl Gathered {
    fn hand_over(&mut self, sink: &mut dyn FnMut(Batch, Reservation)) {
        if let Some(reservation) = self.reservation.take() {
            sink(batch(self.chunk.drain(..)), reservation);
        }
    }
}

impl Source for Gatherer {
    fn drain(&self, sink: &mut dyn FnMut(Batch, Reservation)) {
        self.state.lock().unwrap().hand_over(sink);
    }

    fn counts(&self) -> SourceCounts {
        let state = self.state.lock().unwrap();
        SourceCounts { ended: state.ended, queued: state.chunk.len() as u64 }
    }
}

#[test]
fn gathered_spans_count_as_queued_and_leave_with_a_flush() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    let source = Gatherer::attached_to(&pipeline);
    for name in 0..5 {
        source.end_span(name);
    }
    let attempt = script.next();
    assert_eq!(attempt.names, [0, 1, 2, 3], "a full chunk is handed over");
    assert_eq!(balanced(&pipeline).queued, 5);
    thread::scope(|scope| {
        let flush = scope.spawn(|| pipeline.flush(LONG));
        attempt.accept();
        let attempt = script.next();
        assert_eq!(attempt.names, [4]);
        attempt.accept();
        flush.join().unwrap().unwrap();
    });
    let stats = balanced(&pipeline);
    assert_eq!((stats.ended, stats.exported, stats.queued), (5, 5, 0));
}

#[test]
fn the_interval_drains_sources() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).interval(Duration::from_millis(5)).build().unwrap();
    Gatherer::attached_to(&pipeline).end_span(7);
    let attempt = script.next();
    assert_eq!(attempt.names, [7]);
    attempt.accept();
}

#[test]
fn a_steady_stream_of_full_batches_does_not_keep_the_interval_from_draining_sources() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).interval(Duration::from_millis(5)).build().unwrap();
    Gatherer::attached_to(&pipeline).end_span(7);
    let begun = Instant::now();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    loop {
        // There is always another full batch before the one under way is settled.
        pipeline.submit(batch([0, 1, 2])).unwrap();
        let attempt = script.next();
        let found = attempt.names.contains(&7);
        attempt.accept();
        if found {
            return;
        }
        assert!(begun.elapsed() < LONG);
    }
}

#[test]
fn a_full_budget_drains_sources() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).budget(2 * CHUNK).build().unwrap();
    let sources = [(); 3].map(|()| Gatherer::attached_to(&pipeline));
    for (name, source) in (0..).zip(&sources) {
        source.end_span(name);
    }
    let attempt = script.next();
    assert_eq!(attempt.names, [0, 1]);
    attempt.accept();
    pipeline.shutdown(LONG).unwrap();
    let stats = balanced(&pipeline);
    assert_eq!((stats.exported, stats.dropped(DropReason::QueueFull)), (2, 1));
}

#[test]
fn a_shutdown_drains_sources_and_what_they_gather_later_is_lost() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    let source = Gatherer::attached_to(&pipeline);
    source.end_span(0);
    thread::scope(|scope| {
        let shutdown = scope.spawn(|| pipeline.shutdown(LONG));
        script.next().accept();
        shutdown.join().unwrap().unwrap();
    });
    source.end_span(1);
    let stats = balanced(&pipeline);
    assert_eq!((stats.exported, stats.dropped(DropReason::Shutdown), stats.queued), (1, 1, 0));
}

#[test]
fn a_shutdown_that_is_out_of_time_drains_sources_into_the_account() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    let source = Gatherer::attached_to(&pipeline);
    for name in 0..5 {
        source.end_span(name);
    }
    let _hanging = script.next();
    pipeline.shutdown(Duration::from_millis(10)).unwrap_err();
    let stats = balanced(&pipeline);
    assert_eq!((stats.dropped(DropReason::Shutdown), stats.queued), (5, 0));
}

#[test]
fn a_source_that_nobody_else_keeps_stays_in_the_account() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    Gatherer::attached_to(&pipeline).end_span(0);
    assert_eq!(balanced(&pipeline).queued, 1);
    thread::scope(|scope| {
        let shutdown = scope.spawn(|| pipeline.shutdown(LONG));
        script.next().accept();
        shutdown.join().unwrap().unwrap();
    });
    assert_eq!(balanced(&pipeline).ended, 1);
}

#[test]
fn a_pipeline_that_is_gone_lets_go_of_its_sources() {
    let (exporter, _script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    let source: Weak<Gatherer> = Arc::downgrade(&Gatherer::attached_to(&pipeline));
    assert!(source.upgrade().is_some());
    pipeline.shutdown(LONG).unwrap();
    assert!(source.upgrade().is_some());
    drop(pipeline);
    assert!(source.upgrade().is_none());
}

/// A source that always panics.
struct Broken;

impl Source for Broken {
    fn drain(&self, _: &mut dyn FnMut(Batch, Reservation)) {
        panic!("broken source");
    }

    fn counts(&self) -> SourceCounts {
        SourceCounts::default()
    }
}

#[test]
fn a_source_that_panics_does_no_harm_to_the_others() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).interval(NEVER).build().unwrap();
    pipeline.attach(Arc::new(Broken));
    Gatherer::attached_to(&pipeline).end_span(0);
    thread::scope(|scope| {
        let flush = scope.spawn(|| pipeline.flush(LONG));
        script.next().accept();
        flush.join().unwrap().unwrap();
    });
    pipeline.shutdown(LONG).unwrap();
    assert_eq!(balanced(&pipeline).exported, 1);
}
