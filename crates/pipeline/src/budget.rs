//! The bytes that all queued spans together may take.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Instant;

use telespan_export::DropReason;

/// A number of bytes that can be taken and given back. Taking and refusing need no lock.
pub(crate) struct Budget {
    limit: usize,
    used: AtomicUsize,
    closed: AtomicBool,
    /// How many producers wait for room: nobody is woken when nobody waits.
    blocked: AtomicUsize,
    gate: Mutex<()>,
    room: Condvar,
}

impl Budget {
    pub(crate) fn new(limit: usize) -> Arc<Budget> {
        Arc::new(Budget {
            limit,
            used: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            blocked: AtomicUsize::new(0),
            gate: Mutex::new(()),
            room: Condvar::new(),
        })
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// The bytes that are free now.
    pub(crate) fn room(&self) -> usize {
        self.limit.saturating_sub(self.used.load(Ordering::SeqCst))
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Sends all who wait for room away. [`try_take`](Budget::try_take) is not affected.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.wake();
    }

    pub(crate) fn try_take(self: &Arc<Self>, bytes: usize) -> Option<Reservation> {
        let fits = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.limit);
        self.used.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fits).ok()?;
        Some(Reservation { budget: Arc::clone(self), bytes })
    }

    /// Announces a producer that is going to wait. Only after that may it look for room, so that whoever
    /// gives back after the look sees it.
    pub(crate) fn block(self: &Arc<Self>) -> Blocked<'_> {
        self.blocked.fetch_add(1, Ordering::SeqCst);
        Blocked { budget: self }
    }

    /// Whether any producer waits for room.
    pub(crate) fn is_blocking(&self) -> bool {
        self.blocked.load(Ordering::SeqCst) > 0
    }

    fn give_back(&self, bytes: usize) {
        if bytes > 0 {
            self.used.fetch_sub(bytes, Ordering::SeqCst);
            self.wake();
        }
    }

    fn wake(&self) {
        if self.is_blocking() {
            // Whoever waits is now either before its look, or asleep and will hear.
            drop(self.gate.lock().unwrap_or_else(PoisonError::into_inner));
            self.room.notify_all();
        }
    }
}

/// A producer that is announced to be waiting.
pub(crate) struct Blocked<'a> {
    budget: &'a Arc<Budget>,
}

impl Blocked<'_> {
    /// Waits for room until `deadline` or until the budget is closed.
    pub(crate) fn take(self, bytes: usize, deadline: Instant) -> Result<Reservation, DropReason> {
        let budget = self.budget;
        let mut gate = budget.gate.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if budget.is_closed() {
                return Err(DropReason::Shutdown);
            }
            if let Some(reservation) = budget.try_take(bytes) {
                return Ok(reservation);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(DropReason::BlockTimeout);
            }
            gate = budget.room.wait_timeout(gate, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Blocked<'_> {
    fn drop(&mut self) {
        self.budget.blocked.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Bytes taken from the budget of a pipeline. Dropping it gives them back and wakes blocked producers.
pub struct Reservation {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Reservation {
    /// How many bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds the bytes of another reservation of the same pipeline, for a chunk that outgrew its own.
    pub fn join(&mut self, mut other: Reservation) {
        debug_assert!(Arc::ptr_eq(&self.budget, &other.budget), "reservations of two pipelines");
        self.bytes += std::mem::take(&mut other.bytes);
    }

    /// Gives back what is above `bytes`, for a chunk that turned out smaller.
    pub fn shrink_to(&mut self, bytes: usize) {
        let surplus = self.bytes.saturating_sub(bytes);
        self.bytes -= surplus;
        self.budget.give_back(surplus);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reservation({} bytes)", self.bytes)
    }
}
