//! The account of all spans.

use std::fmt;
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
#[derive(Clone, Default, PartialEq, Eq)]
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

impl fmt::Display for Stats {
    /// Such as `10 spans ended: 7 exported, 1 queued, 2 dropped (2 queue_full)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stats { ended, exported, queued, .. } = self;
        write!(
            f,
            "{ended} spans ended: {exported} exported, {queued} queued, {} dropped",
            self.dropped_total()
        )?;
        let reasons = self.dropped_by_reason().filter(|(_, spans)| *spans > 0);
        for (index, (reason, spans)) in reasons.enumerate() {
            write!(f, "{}{spans} {reason}", if index == 0 { " (" } else { ", " })?;
        }
        f.write_str(if self.dropped_total() > 0 { ")" } else { "" })
    }
}

impl fmt::Debug for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stats({self})")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_reads_as_a_sentence_with_the_reasons_that_count() {
        let counters = Counters::default();
        counters.submit(10);
        counters.export(7);
        assert_eq!(counters.snapshot().to_string(), "10 spans ended: 7 exported, 0 queued, 0 dropped");
        counters.lose(DropReason::QueueFull, 2);
        counters.lose(DropReason::Shutdown, 1);
        let expected = "10 spans ended: 7 exported, 0 queued, 3 dropped (2 queue_full, 1 shutdown)";
        assert_eq!(counters.snapshot().to_string(), expected);
    }
}
