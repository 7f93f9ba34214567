//! Where ended spans gather: a buffer a thread, handed over whole.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use telespan_otlp::{Batch, BatchEncoder, Resource, Scope, SpanEncoder, SpanHead};
use telespan_pipeline::{Inlet, Reservation, Source, SourceCounts};

/// The first chunk of a thread, in bytes: little for the many threads that record little.
const SMALLEST: usize = 4 * 1024;

/// The largest chunk, in bytes, unless a single span needs more.
const LARGEST: usize = 64 * 1024;

/// All chunks that feed one pipeline.
pub(crate) struct Chunks {
    inlet: Inlet,
    resource: Resource,
    threads: Mutex<Threads>,
}

#[derive(Default)]
struct Threads {
    live: Vec<Arc<ThreadChunk>>,
    /// Spans that ended on threads that are gone.
    ended: u64,
}

/// The chunk of one thread. Its lock is contended only while the worker takes what an idle thread left.
struct ThreadChunk {
    state: Mutex<ChunkState>,
}

struct ChunkState {
    encoder: BatchEncoder,
    /// The bytes of the budget that the encoder may fill; none until a span comes.
    reservation: Option<Reservation>,
    /// The bytes to reserve next time: more after a full chunk, less after one that never filled.
    next: usize,
    ended: u64,
}

impl ThreadChunk {
    fn lock(&self) -> MutexGuard<'_, ChunkState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChunkState {
    fn has_room(&self, need: usize) -> bool {
        let room = self.reservation.as_ref().map_or(0, Reservation::bytes);
        self.encoder.len() + need <= room
    }

    fn take(&mut self) -> Option<(Batch, Reservation)> {
        let reservation = self.reservation.take()?;
        // Without a span the reservation goes back to the budget here.
        self.encoder.finish().map(|batch| (batch, reservation))
    }
}

impl Chunks {
    pub(crate) fn new(inlet: Inlet, resource: Resource) -> Self {
        Chunks { inlet, resource, threads: Mutex::default() }
    }

    /// Whether nothing is taken in any more.
    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.inlet.is_closed()
    }

    /// Takes in an ended span. Blocks only under [`Overload::Block`](telespan_pipeline::Overload::Block).
    pub(crate) fn record(self: &Arc<Self>, scope: &Scope, head: &SpanHead<'_>, span: &SpanEncoder) {
        let record = |chunk: &ThreadChunk| self.record_in(chunk, scope, head, span);
        // No code of users runs meanwhile, so nobody comes back here and finds it borrowed.
        let known = LOCAL.try_with(|local| local.try_borrow().ok()?.chunk(self).map(record));
        if let Ok(Some(())) = known {
            return;
        }
        let chunk = self.add_thread();
        record(&chunk);
        let kept = LOCAL.try_with(|local| local.try_borrow_mut().ok()?.keep(self, &chunk));
        if !matches!(kept, Ok(Some(()))) {
            // The thread is ending: the span travels alone.
            self.remove_thread(&chunk);
        }
    }

    fn record_in(&self, chunk: &ThreadChunk, scope: &Scope, head: &SpanHead<'_>, span: &SpanEncoder) {
        let mut state = chunk.lock();
        loop {
            let need = state.encoder.room_for(scope, head, span);
            if state.has_room(need) && !self.inlet.is_closed() {
                state.encoder.push(scope, head, span);
                state.ended += 1;
                return;
            }
            // Full, or none yet. Handing over never blocks, and under the lock no flush overtakes it;
            // reserving may block, and waits without the lock.
            if let Some((batch, reservation)) = state.take() {
                self.inlet.push(batch, reservation);
                state.next = (state.next * 2).min(LARGEST);
                continue;
            }
            let wish = state.next.max(need);
            drop(state);
            let reserved = match self.inlet.try_reserve(wish) {
                Some(reservation) => Ok(reservation),
                // Where room is short, no more than needed.
                None => self.inlet.reserve(need),
            };
            state = chunk.lock();
            match reserved {
                Ok(reservation) => {
                    state.encoder.reserve(reservation.bytes());
                    state.reservation = Some(reservation);
                }
                Err(reason) => {
                    state.ended += 1;
                    return self.inlet.lose(reason, 1);
                }
            }
        }
    }

    fn threads(&self) -> MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add_thread(&self) -> Arc<ThreadChunk> {
        let state = ChunkState {
            encoder: BatchEncoder::new(self.resource.clone()),
            reservation: None,
            next: SMALLEST,
            ended: 0,
        };
        let chunk = Arc::new(ThreadChunk { state: Mutex::new(state) });
        self.threads().live.push(chunk.clone());
        chunk
    }

    /// Hands over what an ending thread leaves.
    fn remove_thread(&self, chunk: &Arc<ThreadChunk>) {
        let mut threads = self.threads();
        threads.live.retain(|live| !Arc::ptr_eq(live, chunk));
        let mut state = chunk.lock();
        threads.ended += state.ended;
        if let Some((batch, reservation)) = state.take() {
            self.inlet.push(batch, reservation);
        }
    }
}

impl Source for Chunks {
    fn drain(&self, sink: &mut dyn FnMut(Batch, Reservation)) {
        let live = self.threads().live.clone();
        for chunk in live {
            let mut state = chunk.lock();
            if let Some((batch, reservation)) = state.take() {
                sink(batch, reservation);
                // It was not full in all that time: so many idle threads must not hold the budget.
                state.next = (state.next / 2).max(SMALLEST);
            }
        }
    }

    fn counts(&self) -> SourceCounts {
        let threads = self.threads();
        let mut counts = SourceCounts { ended: threads.ended, queued: 0 };
        for chunk in &threads.live {
            let state = chunk.lock();
            counts.ended += state.ended;
            counts.queued += state.encoder.spans() as u64;
        }
        counts
    }
}

thread_local! {
    static LOCAL: RefCell<Local> = const { RefCell::new(Local { chunks: Vec::new() }) };
}

/// The chunks of this thread: one for each pipeline that it records into, nearly always one.
struct Local {
    chunks: Vec<(Arc<Chunks>, Arc<ThreadChunk>)>,
}

impl Local {
    #[inline]
    fn chunk(&self, chunks: &Arc<Chunks>) -> Option<&ThreadChunk> {
        self.chunks.iter().find(|(owner, _)| Arc::ptr_eq(owner, chunks)).map(|(_, chunk)| &**chunk)
    }

    /// Keeps a new chunk of this thread, and lets go of those that nothing will come into any more.
    fn keep(&mut self, chunks: &Arc<Chunks>, chunk: &Arc<ThreadChunk>) -> Option<()> {
        for (owner, chunk) in self.chunks.extract_if(.., |(owner, _)| owner.is_closed()) {
            owner.remove_thread(&chunk);
        }
        if chunks.is_closed() {
            return None;
        }
        self.chunks.push((chunks.clone(), chunk.clone()));
        Some(())
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        for (chunks, chunk) in self.chunks.drain(..) {
            chunks.remove_thread(&chunk);
        }
    }
}
