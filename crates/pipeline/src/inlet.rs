//! The producers' end of a pipeline.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use telespan_export::DropReason;
use telespan_otlp::Batch;

use crate::Reservation;
use crate::shared::Shared;

/// The producers' end of a [`Pipeline`](crate::Pipeline): what a [`Source`](crate::Source) keeps. It does
/// not keep the pipeline running. Cheap to clone.
#[derive(Clone)]
pub struct Inlet {
    pub(crate) shared: Arc<Shared>,
}

impl Inlet {
    /// Takes `bytes` from the budget, or has the overload policy decide. Nothing is counted: the caller
    /// knows what it could not keep, and [`lose`](Inlet::lose)s it.
    ///
    /// Blocks only with [`Overload::Block`](crate::Overload::Block), and then not beyond its deadline.
    ///
    /// # Errors
    /// `QueueFull` (also at once for more than the whole budget), `BlockTimeout`, or `Shutdown`.
    pub fn reserve(&self, bytes: usize) -> Result<Reservation, DropReason> {
        self.shared.reserve(bytes)
    }

    /// Takes `bytes` from the budget if they are there at once; otherwise nothing happens and no policy
    /// applies. For a source that would like more room than it needs.
    pub fn try_reserve(&self, bytes: usize) -> Option<Reservation> {
        if self.is_closed() { None } else { self.shared.budget.try_take(bytes) }
    }

    /// Queues a batch whose bytes were reserved. Never blocks and never refuses; if the shutdown is over,
    /// the spans are counted under `Shutdown`. Does not count the spans as ended, which is the source's
    /// part.
    pub fn push(&self, batch: Batch, reservation: Reservation) {
        self.shared.push(batch, reservation);
    }

    /// Counts spans that ended but could not be kept.
    pub fn lose(&self, reason: DropReason, spans: u64) {
        self.shared.counters.lose(reason, spans);
    }

    /// Whether a shutdown has begun. From then on spans are no longer gathered but lost under `Shutdown`.
    pub fn is_closed(&self) -> bool {
        self.shared.budget.is_closed()
    }
}

// No panic leaves a pipeline half changed: see `Shared::queue`.
impl UnwindSafe for Inlet {}
impl RefUnwindSafe for Inlet {}

impl fmt::Debug for Inlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inlet").finish_non_exhaustive()
    }
}
