//! Many threads, ending threads, and the end of everything.

use std::cell::RefCell;
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::Instant;

use telespan_export::{Accepted, BoxFuture, DropReason, ExportError, Exporter};
use telespan_otlp::Batch;
use telespan_pipeline::{Overload, Pipeline};
use telespan_sampler::{PerMillion, Sampler};
use telespan_trace::{Span, Tracer, Tracing};

use crate::common::{Memory, PATIENCE};

#[test]
fn every_span_of_many_threads_arrives_once() {
    const THREADS: usize = 8;
    const SPANS: usize = 2_000;
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    let threads: Vec<_> = (0..THREADS)
        .map(|t| {
            let tracer = tracer.clone();
            thread::spawn(move || {
                for i in 0..SPANS {
                    tracer.start("work").set_attribute("n", t * SPANS + i);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no panic");
    }
    let mut ids: Vec<_> = memory.spans(&tracing).into_iter().map(|span| span.span_id).collect();
    assert_eq!(ids.len(), THREADS * SPANS);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), THREADS * SPANS, "an id came twice");
    let stats = tracing.stats();
    assert_eq!((stats.ended, stats.exported, stats.queued), (16_000, 16_000, 0));
}

#[test]
fn spans_that_wait_in_the_chunk_of_a_thread_are_counted_as_queued() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    for _ in 0..3 {
        tracing.tracer("t").start("s").end();
    }
    let stats = tracing.stats();
    assert_eq!(stats.ended, 3);
    assert_eq!(stats.ended, stats.exported + stats.queued + stats.dropped_total());
    tracing.flush(PATIENCE).expect("memory takes everything");
    assert_eq!((tracing.stats().exported, tracing.stats().queued), (3, 0));
}

#[test]
fn a_span_that_ends_with_its_thread_is_not_lost() {
    thread_local! {
        // Touched before anything of Telespan's, so destroyed after it.
        static LAST: RefCell<Option<(Tracer, Span)>> = const { RefCell::new(None) };
    }
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    thread::spawn(move || {
        LAST.with(|last| *last.borrow_mut() = None);
        tracer.start("first").end();
        let span = tracer.start("last");
        LAST.with(|last| *last.borrow_mut() = Some((tracer, span)));
    })
    .join()
    .expect("no panic");
    assert_eq!(memory.spans(&tracing).len(), 2);
}

#[test]
fn a_span_that_ends_after_the_shutdown_is_counted_and_later_ones_record_nothing() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    let late = tracer.start("late");
    tracer.start("early").end();
    tracing.shutdown(PATIENCE).expect("memory takes everything");
    late.end();
    assert!(!tracer.is_enabled() && !tracer.start("later").is_recording());
    let stats = tracing.stats();
    assert_eq!((stats.ended, stats.exported, stats.queued), (2, 1, 0));
    assert_eq!(stats.dropped(DropReason::Shutdown), 1);
}

#[test]
fn a_small_budget_loses_nothing_as_long_as_a_span_fits() {
    for budget in [1_000, 5_000, 60_000] {
        let memory = Memory::default();
        let pipeline =
            Pipeline::builder(Arc::new(memory.clone())).budget(budget).build().expect("a pipeline");
        let tracing = Tracing::builder(pipeline).sampler(Sampler::new(PerMillion::ALL)).build();
        let tracer = tracing.tracer("t");
        for _ in 0..3_000 {
            tracer.start("burst").end();
        }
        tracing.flush(PATIENCE).expect("memory takes everything");
        let burst = tracing.stats();
        assert_eq!(burst.ended, burst.exported + burst.dropped_total());
        for _ in 0..50 {
            tracer.start("one").end();
            tracing.flush(PATIENCE).expect("memory takes everything");
        }
        let after = tracing.stats();
        assert_eq!(after.exported - burst.exported, 50, "a budget of {budget}: {after:?}");
    }
}

#[test]
fn a_blocking_pipeline_with_a_small_budget_loses_nothing() {
    let memory = Memory::default();
    let overload = Overload::Block { deadline: PATIENCE };
    let pipeline = Pipeline::builder(Arc::new(memory.clone())).budget(3_000).overload(overload);
    let pipeline = pipeline.build().expect("a pipeline");
    let tracing = Tracing::builder(pipeline).sampler(Sampler::new(PerMillion::ALL)).build();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let tracer = tracing.tracer("t");
                for _ in 0..500 {
                    tracer.start("s").end();
                }
            });
        }
    });
    assert_eq!(memory.spans(&tracing).len(), 2_000);
    assert_eq!(tracing.stats().dropped_total(), 0);
}

#[test]
fn two_tracings_on_one_thread_do_not_mix() {
    let (a, b) = (Memory::default(), Memory::default());
    let (tracing_a, tracing_b) = (a.tracing(1_000_000).build(), b.tracing(1_000_000).build());
    let (tracer_a, tracer_b) = (tracing_a.tracer("a"), tracing_b.tracer("b"));
    for _ in 0..3 {
        tracer_a.start("in a").end();
        tracer_b.start("in b").end();
    }
    assert!(a.spans(&tracing_a).iter().all(|span| span.name == "in a"));
    assert!(b.spans(&tracing_b).iter().all(|span| span.name == "in b"));
    assert_eq!(a.spans(&tracing_a).len() + b.spans(&tracing_b).len(), 6);
}

#[test]
fn many_threads_with_few_spans_each_do_not_use_up_the_budget() {
    // 300 chunks of the largest size would be 19 MB.
    const BUDGET: usize = 2 * 1024 * 1024;
    let memory = Memory::default();
    let pipeline = Pipeline::builder(Arc::new(memory.clone())).budget(BUDGET).build().expect("a pipeline");
    let tracing = Tracing::builder(pipeline).sampler(Sampler::new(PerMillion::ALL)).build();
    let tracer = tracing.tracer("t");
    let barrier = Barrier::new(301);
    thread::scope(|scope| {
        for _ in 0..300 {
            scope.spawn(|| {
                for _ in 0..10 {
                    tracer.start("rare").end();
                    barrier.wait();
                    barrier.wait();
                }
            });
        }
        for _ in 0..10 {
            barrier.wait();
            tracing.flush(PATIENCE).expect("memory takes everything");
            barrier.wait();
        }
    });
    let stats = tracing.stats();
    assert_eq!((stats.ended, stats.exported, stats.dropped_total()), (3_000, 3_000, 0));
}

/// Says when it is shut down.
struct Told(Memory, Mutex<mpsc::Sender<()>>);

impl Exporter for Told {
    fn export<'a>(&'a self, batch: &'a Batch, at: Instant) -> BoxFuture<'a, Result<Accepted, ExportError>> {
        self.0.export(batch, at)
    }

    fn shutdown(&self, at: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        self.1.lock().expect("no test panics here").send(()).expect("the test waits");
        self.0.shutdown(at)
    }
}

#[test]
fn tracers_and_spans_do_not_keep_a_pipeline_going() {
    let (tell, told) = mpsc::channel();
    let exporter = Told(Memory::default(), Mutex::new(tell));
    let pipeline = Pipeline::builder(Arc::new(exporter)).build().expect("a pipeline");
    let tracing = Tracing::builder(pipeline).sampler(Sampler::new(PerMillion::ALL)).build();
    let tracer = tracing.tracer("t");
    tracer.start("ended").end();
    let late = tracer.start("late");
    drop(tracing);
    told.recv_timeout(PATIENCE).expect("the pipeline ends with its last owner");
    late.end();
    tracer.start("later").end();
}
