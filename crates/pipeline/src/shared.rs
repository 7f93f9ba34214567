//! What the handles, the sources and the worker of one pipeline share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use telespan_export::DropReason;
use telespan_otlp::Batch;

use crate::block_on::after;
use crate::budget::Budget;
use crate::builder::Settings;
use crate::queue::{Outcome, Queue};
use crate::source::Sources;
use crate::stats::Counters;
use crate::{Overload, Reservation, Stats};

/// The middle of a pipeline. No lock is held while foreign code runs, the drain of a source excepted.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) budget: Arc<Budget>,
    pub(crate) counters: Counters,
    pub(crate) sources: Sources,
    queue: Mutex<Queue>,
    /// A producer found no room since the worker last drained: what waits should be sent now.
    pub(crate) pressed: AtomicBool,
    /// The worker waits here.
    pub(crate) work: Condvar,
    /// Those who shut down wait here.
    pub(crate) ended: Condvar,
}

impl Shared {
    pub(crate) fn new(settings: Settings) -> Shared {
        Shared {
            budget: Budget::new(settings.budget),
            settings,
            counters: Counters::default(),
            sources: Sources::default(),
            queue: Mutex::new(Queue::new()),
            pressed: AtomicBool::new(false),
            work: Condvar::new(),
            ended: Condvar::new(),
        }
    }

    /// The state. A panic elsewhere does not make it unusable: no code panics half way through a change.
    pub(crate) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reserve(&self, bytes: usize) -> Result<Reservation, DropReason> {
        if self.budget.is_closed() {
            return Err(DropReason::Shutdown);
        }
        if bytes > self.budget.limit() {
            return Err(DropReason::QueueFull);
        }
        if let Some(reservation) = self.budget.try_take(bytes) {
            return Ok(reservation);
        }
        match self.settings.overload {
            Overload::DropNewest => {
                self.press();
                Err(DropReason::QueueFull)
            }
            Overload::DropOldest => {
                self.press();
                self.evict_for(bytes)
            }
            Overload::Block { deadline } => {
                // Counted among the blocked before pressing: the worker looks at both.
                let blocked = self.budget.block();
                self.press();
                blocked.take(bytes, after(deadline))
            }
        }
    }

    /// Has the worker send what waits, although it is less than a full batch.
    fn press(&self) {
        if !self.pressed.swap(true, Ordering::SeqCst) {
            // The worker is now either before its look at the flag, or asleep and will hear.
            drop(self.queue());
            self.work.notify_one();
        }
    }

    fn evict_for(&self, bytes: usize) -> Result<Reservation, DropReason> {
        if !self.can_make_room(bytes) {
            return Err(DropReason::QueueFull);
        }
        loop {
            let mut queue = self.queue();
            let Some(evicted) = queue.evict() else {
                return self.budget.try_take(bytes).ok_or(DropReason::QueueFull);
            };
            self.counters.lose(DropReason::Evicted, evicted.0.spans() as u64);
            drop(queue);
            drop(evicted);
            if let Some(reservation) = self.budget.try_take(bytes) {
                return Ok(reservation);
            }
        }
    }

    /// Whether there is room when everything that waits has gone: nothing is thrown away in vain.
    fn can_make_room(&self, bytes: usize) -> bool {
        let evictable = self.queue().waiting_reserved();
        self.budget.room().saturating_add(evictable) >= bytes
    }

    pub(crate) fn push(&self, batch: Batch, reservation: Reservation) {
        let spans = batch.spans() as u64;
        if spans == 0 {
            return;
        }
        let send_at = self.settings.send_at();
        let mut queue = self.queue();
        if queue.ended {
            // Part of the shutdown's answer, unless that is given.
            match queue.outcome {
                None => queue.lose(&self.counters, DropReason::Shutdown, spans),
                Some(_) => self.counters.lose(DropReason::Shutdown, spans),
            }
            return;
        }
        let before = queue.waiting_bytes();
        queue.push(batch, reservation);
        let full = before < send_at && queue.waiting_bytes() >= send_at;
        drop(queue);
        if full {
            self.work.notify_one();
        }
    }

    /// Empties the sources into the queue.
    pub(crate) fn drain(&self) {
        self.sources.drain(&mut |batch, reservation| self.push(batch, reservation));
    }

    pub(crate) fn stats(&self) -> Stats {
        let queue = self.queue();
        let mut stats = self.counters.snapshot();
        stats.queued = queue.spans();
        drop(queue);
        let sources = self.sources.counts();
        stats.ended += sources.ended;
        stats.queued += sources.queued;
        stats
    }

    /// The moment at which work that may take until `deadline` must be over: earlier if a shutdown wants.
    pub(crate) fn bounded(&self, deadline: Instant) -> Instant {
        self.queue().closing.map_or(deadline, |closing| closing.min(deadline))
    }

    /// Begins a shutdown, or brings the end of one nearer.
    pub(crate) fn begin_shutdown(&self, deadline: Instant) {
        self.budget.close();
        let mut queue = self.queue();
        queue.closing = Some(queue.closing.map_or(deadline, |earlier| earlier.min(deadline)));
        drop(queue);
        self.work.notify_all();
        self.ended.notify_all();
    }

    /// Gives up everything that is still queued, and everything that is still to come.
    pub(crate) fn give_up(&self) {
        let mut queue = self.queue();
        let spans = queue.spans();
        queue.ended = true;
        queue.lose(&self.counters, DropReason::Shutdown, spans);
        let rest = queue.clear();
        let flushes = std::mem::take(&mut queue.flushes);
        drop(queue);
        drop(rest);
        for flush in flushes {
            // Nothing is left to wait for.
            let _ = flush.reply.try_send(Ok(()));
        }
        // What a source pushes from now on is counted as lost; a source that gathers sees the end itself.
        self.drain();
    }

    /// Notes how the shutdown went. The first to say so is right.
    pub(crate) fn finish(&self, outcome: Outcome) {
        let mut queue = self.queue();
        queue.outcome.get_or_insert(outcome);
        let orphaned = queue.orphaned;
        drop(queue);
        self.ended.notify_all();
        if orphaned {
            self.sources.clear();
        }
    }
}
