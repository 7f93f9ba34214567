//! One batch on its way: put together, attempted, repeated, cut or given up.

use std::hash::BuildHasher;
use std::ops::ControlFlow;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use telespan_export::{Accepted, Delivery, DropReason, Event, ExportError, Failure, Next};
use telespan_otlp::Batch;

use crate::block_on::{after, call};
use crate::worker::Worker;

/// What an exporter gets on top of the deadline it was given: if it keeps that, its own words are heard.
const GRACE: Duration = Duration::from_millis(100);

impl Worker {
    /// Sends the oldest waiting batches as one. Breaks if a shutdown leaves no time to go on.
    pub(crate) fn send(&mut self) -> ControlFlow<()> {
        self.put_together();
        let mut delivery = self.delivery();
        while let Some((part, last_chance)) = self.next_part()? {
            match self.attempt(&part) {
                Ok(accepted) => self.settle_accepted(accepted),
                Err(failure) => match delivery.failed(&failure, part.spans(), Instant::now()) {
                    Next::RetryAt(at) => {
                        let attempts = delivery.attempts();
                        let (error, peer_absent) = (failure.chain(), failure.is_peer_absent());
                        self.reporter.tell(&Event::Retrying { error, attempts, peer_absent });
                        self.wait_for_retry(at, &failure, last_chance)?;
                        continue;
                    }
                    Next::Split { limit } => self.split(&part, limit, &failure),
                    Next::Drop(reason) => self.settle_dropped(reason, &failure),
                },
            }
            delivery = self.delivery();
        }
        ControlFlow::Continue(())
    }

    /// The part to be attempted next, and whether a shutdown has begun before the attempt. Breaks if that
    /// leaves no time.
    fn next_part(&self) -> ControlFlow<(), Option<(Batch, bool)>> {
        let queue = self.shared.queue();
        let part = queue.parts().next().cloned();
        if part.is_some() && queue.time_left().is_zero() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(part.map(|part| (part, queue.closing.is_some())))
    }

    /// Takes waiting batches and makes one of them. The copy takes the place of what it was made of.
    fn put_together(&self) {
        let mut queue = self.shared.queue();
        queue.take(self.shared.settings.batch_bytes);
        let count = queue.parts().count();
        if count < 2 {
            return;
        }
        let batches: Vec<Batch> = queue.parts().cloned().collect();
        drop(queue);
        let whole = Batch::concat(&batches);
        drop(batches);
        let mut queue = self.shared.queue();
        let old = queue.replace(count, vec![whole]);
        queue.shrink_in_flight();
        drop(queue);
        drop(old);
    }

    /// A delivery that has not failed yet, with a jitter of its own.
    fn delivery(&self) -> Delivery {
        Delivery::new(self.shared.settings.backoff, self.random.hash_one(Instant::now()))
    }

    fn attempt(&self, part: &Batch) -> Result<Accepted, ExportError> {
        let timeout = self.shared.settings.attempt_timeout;
        let deadline = after(timeout);
        let exporter = &self.shared.settings.exporter;
        let export = || exporter.export(part, self.shared.bounded(deadline));
        call(export, || self.shared.bounded(deadline + GRACE)).unwrap_or_else(|| {
            let closing = self.shared.queue().closing.is_some_and(|closing| closing < deadline);
            let limit = if closing { "the shutdown's time".to_owned() } else { format!("{timeout:?}") };
            Err(ExportError::retryable(format!("no answer within {limit}")))
        })
    }

    /// Cuts the part under way. A destination that refuses a batch within the limit it names gets halves.
    /// What cannot be cut is given up.
    fn split(&mut self, part: &Batch, limit: usize, failure: &ExportError) {
        let limit = if limit < part.len() { limit } else { part.len() / 2 };
        let parts = part.split(limit);
        debug_assert_eq!(parts.iter().map(Batch::spans).sum::<usize>(), part.spans());
        if parts.len() < 2 {
            return self.settle_dropped(DropReason::TooLarge, failure);
        }
        let old = self.shared.queue().replace(1, parts);
        drop(old);
    }

    /// Counts the part under way as exported, as far as the destination took it. An answer that comes
    /// after the shutdown has given the part up changes nothing.
    fn settle_accepted(&mut self, Accepted { rejected, message }: Accepted) {
        let mut queue = self.shared.queue();
        let Some(settled) = queue.settle() else { return };
        let spans = settled.0.spans() as u64;
        let rejected = rejected.min(spans);
        self.shared.counters.export(spans - rejected);
        queue.lose(&self.shared.counters, DropReason::Rejected, rejected);
        drop(queue);
        drop(settled);
        match message {
            message if rejected > 0 => self.reporter.tell_loss(DropReason::Rejected, rejected, message),
            Some(message) => self.reporter.tell(&Event::Warning { message }),
            None => {}
        }
    }

    fn settle_dropped(&mut self, reason: DropReason, failure: &ExportError) {
        let mut queue = self.shared.queue();
        let Some(settled) = queue.settle() else { return };
        let spans = settled.0.spans() as u64;
        queue.lose(&self.shared.counters, reason, spans);
        drop(queue);
        drop(settled);
        self.reporter.tell_loss(reason, spans, Some(failure.chain()));
    }

    /// Waits for the next attempt. A shutdown makes it due at once if the failed attempt was made before
    /// the shutdown had begun, unless the destination itself asked for the wait, and pointless if the
    /// shutdown would be over before it.
    fn wait_for_retry(&self, at: Instant, failure: &ExportError, last_chance: bool) -> ControlFlow<()> {
        let asked_for = matches!(failure.failure(), Failure::Retryable { after: Some(_) });
        let mut queue = self.shared.queue();
        loop {
            match queue.closing {
                Some(_) if !last_chance && !asked_for => return ControlFlow::Continue(()),
                Some(deadline) if at >= deadline => return ControlFlow::Break(()),
                _ => {}
            }
            let left = at.saturating_duration_since(Instant::now());
            if left.is_zero() || (!asked_for && queue.hurry(at)) {
                return ControlFlow::Continue(());
            }
            queue = self.shared.work.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
