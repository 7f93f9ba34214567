//! Whatever happens, in whatever order: nothing is lost, and every count is exact.

use std::collections::VecDeque;
use std::future::ready;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use telespan_export::{Accepted, BoxFuture, DropReason, ExportError, Exporter, Failure};
use telespan_otlp::Batch;
use telespan_pipeline::{Overload, Pipeline};

use crate::sources::Gatherer;
use crate::support::{Answer, LONG, NEVER, SPAN, balanced, batch, every, names};

/// How a destination answers one attempt.
#[derive(Clone, Copy, Debug)]
enum Reply {
    Accept,
    Reject(u64),
    Retry,
    Refuse,
    TooLarge(usize),
    Panic,
}

/// A destination that answers by a list, then accepts, and keeps its own account.
#[derive(Default)]
struct Destination {
    replies: Mutex<VecDeque<Reply>>,
    seen: Mutex<Seen>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Seen {
    /// The spans of batches that were taken, in order.
    taken: Vec<u32>,
    rejected: u64,
    refused: u64,
    too_large: u64,
}

impl Destination {
    fn answer(&self, batch: &Batch) -> Answer {
        let reply = self.replies.lock().unwrap().pop_front().unwrap_or(Reply::Accept);
        let spans = batch.spans() as u64;
        let mut seen = self.seen.lock().unwrap();
        match reply {
            Reply::Accept => {
                seen.taken.extend(names(batch));
                Ok(Accepted::default())
            }
            Reply::Reject(rejected) => {
                seen.taken.extend(names(batch));
                seen.rejected += rejected.min(spans);
                Ok(Accepted { rejected, message: None })
            }
            Reply::Retry => Err(ExportError::retryable("busy")),
            Reply::Refuse => {
                seen.refused += spans;
                Err(ExportError::permanent("no"))
            }
            Reply::TooLarge(spans_at_most) => {
                seen.too_large += u64::from(spans == 1);
                Err(ExportError::new(Failure::TooLarge { limit: spans_at_most * SPAN }, "too large"))
            }
            Reply::Panic => {
                seen.refused += spans;
                drop(seen);
                panic!("as ordered")
            }
        }
    }
}

impl Exporter for Destination {
    fn export<'a>(&'a self, batch: &'a Batch, _: Instant) -> BoxFuture<'a, Answer> {
        Box::pin(async move { self.answer(batch) })
    }

    fn shutdown(&self, _: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        Box::pin(ready(Ok(())))
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Submit(u32),
    Gather(u32),
    Flush,
}

fn replies() -> impl Strategy<Value = Vec<Reply>> {
    let reply = prop_oneof![
        4 => Just(Reply::Accept),
        1 => (0..9u64).prop_map(Reply::Reject),
        4 => Just(Reply::Retry),
        1 => Just(Reply::Refuse),
        2 => (0..4usize).prop_map(Reply::TooLarge),
    ];
    prop::collection::vec(reply, 0..40)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (1..8u32).prop_map(Step::Submit),
        3 => (1..8u32).prop_map(Step::Gather),
        1 => Just(Step::Flush),
    ];
    prop::collection::vec(step, 1..60)
}

fn policies() -> impl Strategy<Value = Overload> {
    prop_oneof![
        Just(Overload::DropNewest),
        Just(Overload::DropOldest),
        Just(Overload::Block { deadline: Duration::ZERO }),
        Just(Overload::Block { deadline: LONG }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn every_span_is_exported_or_counted_under_the_reason_that_fits(
        replies in replies(),
        steps in steps(),
        overload in policies(),
        batch_spans in 1..6usize,
        budget_spans in 8..40usize,
    ) {
        let destination = Arc::new(Destination { replies: Mutex::new(replies.into()), ..Destination::default() });
        let pipeline = Pipeline::builder(Arc::clone(&destination) as Arc<dyn Exporter>)
            .interval(NEVER)
            .batch_bytes(batch_spans * SPAN)
            .budget(budget_spans * SPAN)
            .overload(overload)
            .backoff(every(Duration::ZERO))
            .build()
            .unwrap();
        let source = Gatherer::attached_to(&pipeline);
        let mut ended = 0;
        let mut turned_away = 0;
        for step in steps {
            match step {
                Step::Submit(spans) => {
                    if pipeline.submit(batch(ended..ended + spans)).is_err() {
                        turned_away += u64::from(spans);
                    }
                    ended += spans;
                }
                Step::Gather(spans) => {
                    (ended..ended + spans).for_each(|name| source.end_span(name));
                    ended += spans;
                }
                Step::Flush => {
                    pipeline.flush(LONG).unwrap();
                    prop_assert_eq!(balanced(&pipeline).queued, 0);
                }
            }
        }
        let _ = pipeline.shutdown(LONG);

        let stats = balanced(&pipeline);
        let seen = destination.seen.lock().unwrap().clone();
        prop_assert_eq!(stats.ended, u64::from(ended));
        prop_assert_eq!(stats.queued, 0);
        prop_assert_eq!(stats.exported, seen.taken.len() as u64 - seen.rejected);
        prop_assert_eq!(stats.dropped(DropReason::Rejected), seen.rejected);
        prop_assert_eq!(stats.dropped(DropReason::Refused), seen.refused);
        prop_assert_eq!(stats.dropped(DropReason::TooLarge), seen.too_large);
        prop_assert_eq!(stats.dropped(DropReason::Shutdown), 0);
        let (full, late) = (stats.dropped(DropReason::QueueFull), stats.dropped(DropReason::BlockTimeout));
        prop_assert!(full + late >= turned_away);
        match overload {
            Overload::DropOldest => prop_assert_eq!(late, 0),
            Overload::Block { deadline: LONG } => prop_assert_eq!(stats.dropped(DropReason::Evicted) + full + late, 0),
            Overload::Block { .. } => prop_assert_eq!(stats.dropped(DropReason::Evicted) + full, 0),
            _ => prop_assert_eq!(stats.dropped(DropReason::Evicted) + late, 0),
        }
        // Nothing arrives twice, and only the two ways in can overtake each other.
        let mut taken = seen.taken;
        taken.sort_unstable();
        prop_assert!(taken.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

#[test]
fn a_panic_among_the_answers_is_a_refusal() {
    let replies = [Reply::Accept, Reply::Panic, Reply::Retry, Reply::Accept].into();
    let destination = Arc::new(Destination { replies: Mutex::new(replies), ..Destination::default() });
    let pipeline = Pipeline::builder(Arc::clone(&destination) as Arc<dyn Exporter>)
        .batch_bytes(SPAN)
        .backoff(every(Duration::ZERO))
        .build()
        .unwrap();
    for name in 0..4 {
        pipeline.submit(batch([name])).unwrap();
    }
    pipeline.flush(LONG).unwrap();
    let stats = balanced(&pipeline);
    assert_eq!((stats.exported, stats.dropped(DropReason::Refused)), (3, 1));
    assert_eq!(destination.seen.lock().unwrap().taken, [0, 2, 3]);
}

#[test]
fn many_producers_at_full_speed_and_a_slow_exporter_add_up() {
    const PRODUCERS: u32 = 8;
    const SPANS: u32 = 3000;
    let policies = [
        Overload::DropNewest,
        Overload::DropOldest,
        Overload::Block { deadline: Duration::ZERO },
        Overload::Block { deadline: LONG },
    ];
    for overload in policies {
        let destination = Arc::new(Destination::default());
        let pipeline = Pipeline::builder(Arc::clone(&destination) as Arc<dyn Exporter>)
            .interval(Duration::from_millis(1))
            .batch_bytes(16 * SPAN)
            .budget(64 * SPAN)
            .overload(overload)
            .build()
            .unwrap();
        thread::scope(|scope| {
            for producer in 0..PRODUCERS {
                let pipeline = &pipeline;
                scope.spawn(move || {
                    let source = Gatherer::attached_to(pipeline);
                    for span in (producer * SPANS..).take(SPANS as usize) {
                        if span % 2 == 0 {
                            source.end_span(span);
                        } else {
                            let _ = pipeline.submit(batch([span]));
                        }
                    }
                });
            }
            let pipeline = &pipeline;
            scope.spawn(move || (0..20).for_each(|_| pipeline.flush(LONG).unwrap()));
        });
        pipeline.flush(LONG).unwrap();
        let stats = balanced(&pipeline);
        let taken = destination.seen.lock().unwrap().taken.len() as u64;
        assert_eq!((stats.ended, stats.queued), (u64::from(PRODUCERS * SPANS), 0));
        assert_eq!(stats.exported, taken);
        if overload == (Overload::Block { deadline: LONG }) {
            assert_eq!(stats.dropped_total(), 0);
        }
    }
}
