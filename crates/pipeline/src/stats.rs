//! The account of all spans.

use std::sync::atomic::{AtomicU64, Ordering};

use telespan_export::DropReason;

const REASONS: usize = DropReason::ALL.len();

/// The account of a pipeline: every span that ended was exported, or dropped for a named reason, or is
/// still queued.
///
/// `ended == exported + dropped_total() + queued` holds exactly whenever no span is just ending and no
/// batch is just changing hands. `queued` is counted where the spans are, not computed from the rest, so
/// the equation proves something. A destination may hold more than `exported`: a batch whose answer was
/// lost counts as dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Spans that ended: those of all sources and those submitted.
    pub ended: u64,
    /// Spans that the destination took.
    pub exported: u64,
    /// Spans in the sources, in the queue and in the batch that is being sent.
    pub queued: u64,
    dropped: [u64; REASONS],
}

impl Stats {
    /// Spans given up for `reason`.
    pub fn dropped(&self, reason: DropReason) -> u64 {
        self.dropped[reason as usize]
    }

    /// Spans given up for any reason.
    pub fn dropped_total(&self) -> u64 {
        self.dropped.iter().sum()
    }

    /// Every reason with the number of spans given up for it, zeros included.
    pub fn dropped_by_reason(&self) -> impl Iterator<Item = (DropReason, u64)> + '_ {
        DropReason::ALL.iter().copied().zip(self.dropped)
    }
}

/// Counters that only grow. Producers may count without a lock.
#[derive(Default)]
pub(crate) struct Counters {
    submitted: AtomicU64,
    exported: AtomicU64,
    dropped: [AtomicU64; REASONS],
}

impl Counters {
    pub(crate) fn submit(&self, spans: u64) {
        self.submitted.fetch_add(spans, Ordering::Relaxed);
    }

    pub(crate) fn export(&self, spans: u64) {
        self.exported.fetch_add(spans, Ordering::Relaxed);
    }

    pub(crate) fn lose(&self, reason: DropReason, spans: u64) {
        self.dropped[reason as usize].fetch_add(spans, Ordering::Relaxed);
    }

    pub(crate) fn dropped(&self, reason: DropReason) -> u64 {
        self.dropped[reason as usize].load(Ordering::Relaxed)
    }

    /// The counters so far; `ended` holds the submitted spans, `queued` nothing.
    pub(crate) fn snapshot(&self) -> Stats {
        Stats {
            ended: self.submitted.load(Ordering::Relaxed),
            exported: self.exported.load(Ordering::Relaxed),
            queued: 0,
            dropped: std::array::from_fn(|reason| self.dropped[reason].load(Ordering::Relaxed)),
        }
    }
}
