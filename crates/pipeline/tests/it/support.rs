//! Batches whose spans can be told apart, and an exporter that asks the test what to answer.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use telespan_export::{Accepted, Backoff, BoxFuture, Event, EventHook, ExportError, Exporter};
use telespan_otlp::Batch;
use telespan_pipeline::{Builder, Pipeline};

/// Longer than any test takes: who waits this long waits for ever.
pub(crate) const LONG: Duration = Duration::from_secs(20);
/// An interval that never comes.
pub(crate) const NEVER: Duration = Duration::from_secs(3600);
/// What a deadline may be exceeded by.
pub(crate) const SLACK: Duration = Duration::from_millis(50);
/// The bytes of one span of [`batch`], alone in its `ResourceSpans`.
pub(crate) const SPAN: usize = 16;

/// A batch of spans with these names, each in `ResourceSpans` of its own.
pub(crate) fn batch(names: impl IntoIterator<Item = u32>) -> Batch {
    let mut bytes = Vec::new();
    for name in names {
        bytes.extend_from_slice(&[0x0a, 14, 0x12, 12, 0x12, 10, 0x2a, 8]);
        bytes.extend_from_slice(format!("{name:08}").as_bytes());
    }
    Batch::parse(bytes).expect("a well-formed batch")
}

/// The names of the spans of batches made by [`batch`], put together and cut in any way.
pub(crate) fn names(batch: &Batch) -> Vec<u32> {
    let spans = batch.bytes().chunks(SPAN);
    spans.map(|span| std::str::from_utf8(&span[8..]).unwrap().parse().unwrap()).collect()
}

pub(crate) type Answer = Result<Accepted, ExportError>;

/// What the test does with an attempt.
enum Order {
    Answer(Answer),
    Panic,
}

#[derive(Default)]
struct Slot {
    order: Option<Order>,
    waker: Option<Waker>,
}

/// One attempt that waits for its answer. Dropped without one, it hangs until its deadline.
pub(crate) struct Attempt {
    pub(crate) names: Vec<u32>,
    pub(crate) deadline: Instant,
    slot: Arc<Mutex<Slot>>,
}

impl Attempt {
    pub(crate) fn accept(self) {
        self.answer(Ok(Accepted::default()));
    }

    pub(crate) fn fail(self, error: ExportError) {
        self.answer(Err(error));
    }

    pub(crate) fn answer(self, answer: Answer) {
        self.order(Order::Answer(answer));
    }

    pub(crate) fn panic(self) {
        self.order(Order::Panic);
    }

    fn order(self, order: Order) {
        let mut slot = self.slot.lock().unwrap();
        slot.order = Some(order);
        if let Some(waker) = slot.waker.take() {
            waker.wake();
        }
    }
}

/// An exporter that reports each attempt to the test.
pub(crate) struct Scripted {
    attempts: Mutex<Sender<Attempt>>,
    pub(crate) syncs: AtomicUsize,
    pub(crate) fail_sync: AtomicBool,
    pub(crate) shutdowns: AtomicUsize,
    pub(crate) hang_shutdown: AtomicBool,
}

/// The test's end of a [`Scripted`] exporter.
pub(crate) struct Script(Receiver<Attempt>);

impl Script {
    /// The next attempt, as soon as there is one.
    pub(crate) fn next(&self) -> Attempt {
        self.0.recv_timeout(LONG).expect("an attempt")
    }

    /// Whether no attempt is there that was not taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.try_recv().is_err()
    }
}

pub(crate) fn scripted() -> (Arc<Scripted>, Script) {
    let (attempts, receiver) = channel();
    let exporter = Scripted {
        attempts: Mutex::new(attempts),
        syncs: AtomicUsize::new(0),
        fail_sync: AtomicBool::new(false),
        shutdowns: AtomicUsize::new(0),
        hang_shutdown: AtomicBool::new(false),
    };
    (Arc::new(exporter), Script(receiver))
}

impl Exporter for Scripted {
    fn export<'a>(&'a self, batch: &'a Batch, deadline: Instant) -> BoxFuture<'a, Answer> {
        let slot = Arc::new(Mutex::new(Slot::default()));
        let attempt = Attempt { names: names(batch), deadline, slot: Arc::clone(&slot) };
        // A test that no longer listens leaves the attempt hanging.
        let _ = self.attempts.lock().unwrap().send(attempt);
        Box::pin(poll_fn(move |context| {
            let mut slot = slot.lock().unwrap();
            match slot.order.take() {
                Some(Order::Answer(answer)) => Poll::Ready(answer),
                Some(Order::Panic) => {
                    drop(slot);
                    panic!("as ordered")
                }
                None => {
                    slot.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        }))
    }

    fn sync(&self, _deadline: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        self.syncs.fetch_add(1, Ordering::SeqCst);
        let fail = self.fail_sync.load(Ordering::SeqCst);
        Box::pin(async move { if fail { Err(ExportError::permanent("disk on fire")) } else { Ok(()) } })
    }

    fn shutdown(&self, _deadline: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        self.shutdowns.fetch_add(1, Ordering::SeqCst);
        let hang = self.hang_shutdown.load(Ordering::SeqCst);
        Box::pin(poll_fn(move |_| if hang { Poll::Pending } else { Poll::Ready(Ok(())) }))
    }
}

/// A hook that keeps what it hears, and what it has heard.
pub(crate) fn listener() -> (EventHook, Receiver<Event>) {
    let (sender, receiver) = channel();
    let sender = Mutex::new(sender);
    let hook: EventHook = Arc::new(move |event| drop(sender.lock().unwrap().send(event.clone())));
    (hook, receiver)
}

/// The next event, as soon as there is one.
pub(crate) fn next_event(events: &Receiver<Event>) -> Event {
    events.recv_timeout(LONG).expect("an event")
}

/// Every wait between attempts takes exactly this long.
pub(crate) fn every(wait: Duration) -> Backoff {
    Backoff::new(wait, 1.0, 0.0, wait).unwrap()
}

/// A pipeline that sends each batch as soon as it can, three spans at a time.
pub(crate) fn eager(exporter: Arc<Scripted>) -> Builder {
    Pipeline::builder(exporter).interval(NEVER).batch_bytes(3 * SPAN).budget(1000 * SPAN)
}

/// Asserts the equation of the account, and returns it.
#[track_caller]
pub(crate) fn balanced(pipeline: &Pipeline) -> telespan_pipeline::Stats {
    let stats = pipeline.stats();
    assert_eq!(stats.ended, stats.exported + stats.dropped_total() + stats.queued, "{stats:?}");
    stats
}
