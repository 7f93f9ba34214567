//! The one thread that sends: when it does, and how it ends.

use std::hash::RandomState;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use crate::FlushError;
use crate::block_on::{after, call};
use crate::queue::{Flush, Outcome};
use crate::report::Reporter;
use crate::shared::Shared;

/// How often the sources are drained when producers find no room but nothing waits in the queue: then the
/// sources hold the bytes, and may be unable to let go of them.
const PRESSED: Duration = Duration::from_millis(10);

/// The worker of one pipeline.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) reporter: Reporter,
    /// Where the jitter of retries comes from.
    pub(crate) random: RandomState,
    /// When the sources were last drained.
    drained_at: Instant,
    /// When losses are to be told next.
    report_at: Instant,
}

/// What there is to do.
enum Work {
    /// Enough waits for a full batch.
    OneBatch,
    /// Everything that ended before now is to be sent.
    Everything,
    /// The shutdown has begun.
    End,
}

impl Worker {
    pub(crate) fn new(shared: Arc<Shared>) -> Worker {
        Worker {
            reporter: Reporter::new(Arc::clone(&shared)),
            random: RandomState::new(),
            drained_at: Instant::now(),
            report_at: after(shared.settings.interval),
            shared,
        }
    }

    pub(crate) fn run(mut self) {
        loop {
            // Whether the sending was broken off does not matter here: then a shutdown is under way.
            let _ = match self.wait() {
                Work::OneBatch => self.send(),
                Work::Everything => self.send_everything(),
                Work::End => break,
            };
            if Instant::now() >= self.report_at {
                self.report_at = after(self.shared.settings.interval);
                self.reporter.tell_other_losses();
            }
        }
        self.end();
    }

    /// Sleeps until there is something to do.
    fn wait(&self) -> Work {
        let Shared { settings, budget, pressed: flag, .. } = &*self.shared;
        let mut queue = self.shared.queue();
        loop {
            if queue.closing.is_some() {
                return Work::End;
            }
            let pressed = flag.load(Ordering::SeqCst) || budget.is_blocking();
            let (pause, enough) = if pressed {
                (PRESSED.min(settings.interval), 1)
            } else {
                (settings.interval, settings.send_at())
            };
            let left = pause.saturating_sub(self.drained_at.elapsed());
            // Before the look at the bytes: a steady stream of full batches must not keep idle sources
            // from being drained.
            if left.is_zero() || !queue.flushes.is_empty() {
                flag.store(false, Ordering::SeqCst);
                return Work::Everything;
            }
            if queue.waiting_bytes() >= enough {
                flag.store(false, Ordering::SeqCst);
                return Work::OneBatch;
            }
            queue = self.shared.work.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Drains the sources and sends everything that is queued then, but not what comes in meanwhile.
    fn send_everything(&mut self) -> ControlFlow<()> {
        self.drained_at = Instant::now();
        self.shared.drain();
        let mark = self.shared.queue().mark();
        self.answer_flushes();
        while !self.shared.queue().settled(mark) {
            self.send()?;
            self.answer_flushes();
        }
        ControlFlow::Continue(())
    }

    /// Makes durable what was exported, and answers those who waited for it.
    fn answer_flushes(&self) {
        let ready = self.shared.queue().take_settled_flushes();
        let Some(deadline) = ready.iter().map(|flush| flush.deadline).max() else { return };
        let exporter = &self.shared.settings.exporter;
        let limit = || self.shared.bounded(deadline);
        // Without an answer in time the flushes have none either: they have timed out.
        let Some(result) = call(|| exporter.sync(limit()), limit) else { return };
        let result = result.map_err(|error| FlushError::Sync(Arc::new(error)));
        for Flush { reply, .. } in ready {
            let _ = reply.try_send(result.clone());
        }
    }

    /// Sends what can be sent before the deadline of the shutdown, and gives up the rest.
    fn end(&mut self) {
        // If the batch under way was broken off, there is no point in going on behind it.
        if self.shared.queue().parts().next().is_none() {
            let _ = self.send_everything();
        }
        self.shared.give_up();
        let outcome = self.close_exporter();
        self.reporter.tell_other_losses();
        self.shared.finish(outcome);
    }

    fn close_exporter(&self) -> Outcome {
        let exporter = &self.shared.settings.exporter;
        let limit = || self.shared.bounded(after(self.shared.settings.attempt_timeout));
        let synced = call(|| exporter.sync(limit()), limit);
        let closed = call(|| exporter.shutdown(limit()), limit);
        match (synced, closed) {
            (Some(Ok(())), Some(Ok(()))) => Outcome::Closed,
            (Some(Err(error)), _) | (_, Some(Err(error))) => Outcome::Failed(Arc::new(error)),
            _ => Outcome::TimedOut,
        }
    }
}
