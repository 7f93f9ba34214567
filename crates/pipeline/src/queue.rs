//! What the lock of a pipeline guards: the batches that wait, the one being sent, and the way to the end.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use telespan_export::{DropReason, ExportError};
use telespan_otlp::Batch;

use crate::stats::Counters;
use crate::{FlushError, Reservation, ShutdownError};

/// How a shutdown went.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Closed,
    TimedOut,
    Failed(Arc<ExportError>),
}

/// Somebody who waits until everything before `mark` is settled.
pub(crate) struct Flush {
    pub(crate) id: u64,
    pub(crate) mark: u64,
    pub(crate) deadline: Instant,
    /// Whether a retry was already brought forward for this flush.
    pub(crate) hurried: bool,
    pub(crate) reply: SyncSender<Result<(), FlushError>>,
}

struct Entry {
    number: u64,
    batch: Batch,
    reservation: Reservation,
}

/// The batch being sent, in the parts that it is sent in. The first is the one under way.
#[derive(Default)]
struct InFlight {
    first_number: u64,
    parts: VecDeque<Batch>,
    reservation: Option<Reservation>,
}

/// The state of a pipeline.
pub(crate) struct Queue {
    waiting: VecDeque<Entry>,
    waiting_bytes: usize,
    next_number: u64,
    in_flight: InFlight,
    /// When a shutdown must be over; `None` before one has begun. From then on nothing new is reserved, and
    /// what is reserved may still be pushed.
    pub(crate) closing: Option<Instant>,
    /// Nothing is queued and nothing more will be.
    pub(crate) ended: bool,
    /// Spans lost since the shutdown began.
    pub(crate) lost: u64,
    pub(crate) outcome: Option<Outcome>,
    /// Nobody but the worker and the sources know the pipeline any more.
    pub(crate) orphaned: bool,
    pub(crate) flushes: Vec<Flush>,
    next_flush: u64,
}

impl Queue {
    pub(crate) fn new() -> Queue {
        Queue {
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            next_number: 0,
            in_flight: InFlight::default(),
            closing: None,
            ended: false,
            lost: 0,
            outcome: None,
            orphaned: false,
            flushes: Vec::new(),
            next_flush: 0,
        }
    }

    pub(crate) fn push(&mut self, batch: Batch, reservation: Reservation) {
        self.waiting_bytes += batch.len();
        self.waiting.push_back(Entry { number: self.next_number, batch, reservation });
        self.next_number += 1;
    }

    /// Takes out the oldest batch that waits.
    pub(crate) fn evict(&mut self) -> Option<(Batch, Reservation)> {
        let entry = self.waiting.pop_front()?;
        self.waiting_bytes -= entry.batch.len();
        Some((entry.batch, entry.reservation))
    }

    /// The bytes of the budget that the batches that wait hold.
    pub(crate) fn waiting_reserved(&self) -> usize {
        self.waiting.iter().map(|entry| entry.reservation.bytes()).sum()
    }

    /// The bytes of the batches that wait.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// The number that the next batch will get: everything queued so far is below it.
    pub(crate) fn mark(&self) -> u64 {
        self.next_number
    }

    /// Whether everything below `mark` was sent or given up.
    pub(crate) fn settled(&self, mark: u64) -> bool {
        let oldest = if self.in_flight.parts.is_empty() {
            self.waiting.front().map_or(self.next_number, |entry| entry.number)
        } else {
            self.in_flight.first_number
        };
        oldest >= mark
    }

    /// Spans in the batches that wait and in the one being sent.
    pub(crate) fn spans(&self) -> u64 {
        let waiting = self.waiting.iter().map(|entry| entry.batch.spans());
        let in_flight = self.in_flight.parts.iter().map(Batch::spans);
        waiting.chain(in_flight).sum::<usize>() as u64
    }

    /// Makes the oldest waiting batches, `max_bytes` together but at least one, the ones being sent.
    pub(crate) fn take(&mut self, max_bytes: usize) {
        debug_assert!(self.in_flight.parts.is_empty(), "one batch at a time");
        let mut bytes = 0;
        while let Some(entry) = self.waiting.front()
            && (bytes == 0 || bytes + entry.batch.len() <= max_bytes)
        {
            bytes += entry.batch.len();
            if self.in_flight.parts.is_empty() {
                self.in_flight.first_number = entry.number;
            }
            if let Some((batch, reservation)) = self.evict() {
                self.in_flight.parts.push_back(batch);
                match &mut self.in_flight.reservation {
                    Some(sum) => sum.join(reservation),
                    none => *none = Some(reservation),
                }
            }
        }
    }

    /// The parts of the batch being sent, in order.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Batch> {
        self.in_flight.parts.iter()
    }

    /// Replaces the first `count` parts by others of the same content. Returns the old ones, for the
    /// caller to drop without the lock. If they were given up meanwhile, nothing is replaced.
    pub(crate) fn replace(&mut self, count: usize, parts: Vec<Batch>) -> Vec<Batch> {
        if self.in_flight.parts.len() < count {
            return parts;
        }
        let old = self.in_flight.parts.drain(..count).collect();
        for part in parts.into_iter().rev() {
            self.in_flight.parts.push_front(part);
        }
        old
    }

    /// Gives back the bytes that the batch being sent no longer takes.
    pub(crate) fn shrink_in_flight(&mut self) {
        let bytes = self.in_flight.parts.iter().map(Batch::len).sum();
        if let Some(reservation) = &mut self.in_flight.reservation {
            reservation.shrink_to(bytes);
        }
    }

    /// Removes the first part of the batch being sent, and with the last one the reservation. `None` if
    /// it was given up meanwhile.
    pub(crate) fn settle(&mut self) -> Option<(Batch, Option<Reservation>)> {
        let part = self.in_flight.parts.pop_front()?;
        let done = self.in_flight.parts.is_empty();
        Some((part, if done { self.in_flight.reservation.take() } else { None }))
    }

    /// Takes out everything, for the caller to drop without the lock.
    pub(crate) fn clear(&mut self) -> impl Sized + use<> {
        self.waiting_bytes = 0;
        (std::mem::take(&mut self.waiting), std::mem::take(&mut self.in_flight))
    }

    /// How long whoever shuts down may still wait.
    pub(crate) fn time_left(&self) -> Duration {
        let now = Instant::now();
        self.closing.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(now))
    }

    /// A number for a flush.
    pub(crate) fn next_flush(&mut self) -> u64 {
        self.next_flush += 1;
        self.next_flush
    }

    /// Takes out the flushes that have nothing more to wait for.
    pub(crate) fn take_settled_flushes(&mut self) -> Vec<Flush> {
        let (ready, open) =
            std::mem::take(&mut self.flushes).into_iter().partition(|flush| self.settled(flush.mark));
        self.flushes = open;
        ready
    }

    /// Whether a flush would be over before a retry at `at`. Says so once for each flush, lest the
    /// backoff be undone for as long as one waits.
    pub(crate) fn hurry(&mut self, at: Instant) -> bool {
        let mut hurry = false;
        for flush in self.flushes.iter_mut().filter(|flush| !flush.hurried && flush.deadline < at) {
            flush.hurried = true;
            hurry = true;
        }
        hurry
    }

    /// Counts spans that were taken out of the queue and lost.
    pub(crate) fn lose(&mut self, counters: &Counters, reason: DropReason, spans: u64) {
        counters.lose(reason, spans);
        if self.closing.is_some() {
            self.lost += spans;
        }
    }

    /// What a shutdown says to whoever asked for it; `None` while it goes on.
    pub(crate) fn verdict(&self) -> Option<Result<(), ShutdownError>> {
        let outcome = self.outcome.clone()?;
        Some(match (self.lost, outcome) {
            (0, Outcome::Closed) => Ok(()),
            (0, Outcome::TimedOut) => Err(ShutdownError::TimedOut),
            (0, Outcome::Failed(error)) => Err(ShutdownError::Exporter(error)),
            (spans, _) => Err(ShutdownError::Lost { spans }),
        })
    }
}
