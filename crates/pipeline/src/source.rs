//! Places that gather spans on their own and hand them over in chunks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use telespan_otlp::Batch;

use crate::Reservation;

/// How many spans a [`Source`] has seen, and how many it still holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceCounts {
    /// Every span that ever ended through the source, those included that were lost later.
    pub ended: u64,
    /// Spans that the source holds: gathered, but neither handed over nor lost.
    pub queued: u64,
}

/// A place that gathers ended spans and hands them over as whole chunks, such as the per-thread buffers
/// of a tracer.
///
/// The pipeline empties its sources once per interval, on flush and on shutdown, one call at a time. A
/// source that fills a chunk in between hands it over itself with [`Inlet::push`](crate::Inlet::push).
///
/// For exact counts and freedom from deadlock a source keeps five rules:
///
/// - A chunk that is on its way between the source and [`push`](crate::Inlet::push) is out of sight of
///   `drain`. Push with the lock that `drain` takes still held (`push` never blocks), so that a flush
///   cannot overtake the chunk.
/// - Do not hold that lock while calling [`reserve`](crate::Inlet::reserve), which may block until the
///   pipeline has made room, for which it may have to drain.
/// - Run no foreign code with that lock held: if it panics, a panic hook may flush on the same thread.
/// - Look at [`is_closed`](crate::Inlet::is_closed) with the lock held before adding a span to a chunk,
///   and [`lose`](crate::Inlet::lose) the span under `Shutdown` if it is: the last drain may be over.
/// - Keep an [`Inlet`](crate::Inlet), not a [`Pipeline`](crate::Pipeline): the pipeline owns its sources,
///   and the two would keep each other alive.
pub trait Source: Send + Sync + 'static {
    /// Moves everything gathered so far into `sink`, which never blocks. Must not call back into the
    /// pipeline otherwise.
    fn drain(&self, sink: &mut dyn FnMut(Batch, Reservation));

    /// What the source has seen and what it holds now.
    fn counts(&self) -> SourceCounts;
}

/// The attached sources.
#[derive(Default)]
pub(crate) struct Sources {
    list: Mutex<Vec<Arc<dyn Source>>>,
    /// Held while draining: a chunk in the hands of one drain is out of sight of the next, which
    /// therefore has to wait.
    draining: Mutex<()>,
}

impl Sources {
    pub(crate) fn attach(&self, source: Arc<dyn Source>) {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).push(source);
    }

    /// Lets go of all sources, which may hold on to whoever holds this.
    pub(crate) fn clear(&self) {
        let list = std::mem::take(&mut *self.list.lock().unwrap_or_else(PoisonError::into_inner));
        drop(list);
    }

    /// Empties all sources into `sink`. A source that panics keeps what it had not handed over.
    pub(crate) fn drain(&self, sink: &mut dyn FnMut(Batch, Reservation)) {
        let _one_at_a_time = self.draining.lock().unwrap_or_else(PoisonError::into_inner);
        for source in self.snapshot() {
            let _ = catch_unwind(AssertUnwindSafe(|| source.drain(sink)));
        }
    }

    /// The sums over all sources.
    pub(crate) fn counts(&self) -> SourceCounts {
        self.snapshot().iter().map(|source| source.counts()).fold(SourceCounts::default(), |sum, one| {
            SourceCounts { ended: sum.ended + one.ended, queued: sum.queued + one.queued }
        })
    }

    /// The list as it is now, so that no lock is held while foreign code runs.
    fn snapshot(&self) -> Vec<Arc<dyn Source>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
