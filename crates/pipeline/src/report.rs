//! Telling the event hook what happens.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use telespan_export::{DropReason, Event};

use crate::shared::Shared;

/// Tells the hook of a pipeline about events, and about each lost span once.
pub(crate) struct Reporter {
    shared: Arc<Shared>,
    /// Losses already told, by reason.
    told: [u64; DropReason::ALL.len()],
}

impl Reporter {
    pub(crate) fn new(shared: Arc<Shared>) -> Reporter {
        Reporter { shared, told: Default::default() }
    }

    /// Calls the hook. A hook that panics is none of the pipeline's business.
    pub(crate) fn tell(&self, event: &Event) {
        if let Some(hook) = &self.shared.settings.on_event {
            let _ = catch_unwind(AssertUnwindSafe(|| hook(event)));
        }
    }

    /// Tells about a loss that is already counted, with the words of the destination.
    pub(crate) fn tell_loss(&mut self, reason: DropReason, spans: u64, error: Option<String>) {
        self.told[reason as usize] += spans;
        self.tell(&Event::Dropped { spans, reason, error });
    }

    /// Tells about all losses not told yet, summed up by reason: those that producers counted.
    pub(crate) fn tell_other_losses(&mut self) {
        for reason in DropReason::ALL.iter().copied() {
            let spans = self.shared.counters.dropped(reason) - self.told[reason as usize];
            if spans > 0 {
                self.tell_loss(reason, spans, None);
            }
        }
    }
}
