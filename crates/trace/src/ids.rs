//! New trace and span ids.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};

use telespan_context::{SpanId, TraceId};

/// Makes the ids of new traces and spans. Must be fast, and unique among all processes.
pub trait IdGenerator: Send + Sync + 'static {
    /// The id of a new trace.
    fn trace_id(&self) -> TraceId;

    /// The id of a new span.
    fn span_id(&self) -> SpanId;

    /// Whether the last 7 bytes of every trace id are uniformly random (W3C Trace Context Level 2),
    /// which the traces then say of themselves with the random flag.
    fn is_random(&self) -> bool;
}

/// Random ids: xoshiro256++ (Blackman and Vigna 2018), one generator a thread, seeded from the
/// operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl IdGenerator for RandomIds {
    #[inline]
    fn trace_id(&self) -> TraceId {
        loop {
            let bytes = (u128::from(random()) << 64 | u128::from(random())).to_be_bytes();
            // All zero is no id: one chance in 2^128.
            if let Some(id) = TraceId::from_bytes(bytes) {
                return id;
            }
        }
    }

    #[inline]
    fn span_id(&self) -> SpanId {
        loop {
            if let Some(id) = SpanId::from_bytes(random().to_be_bytes()) {
                return id;
            }
        }
    }

    fn is_random(&self) -> bool {
        true
    }
}

thread_local! {
    static STATE: Cell<[u64; 4]> = Cell::new(seed());
}

/// 256 bits out of the 128 random bits that the standard library takes from the operating system for
/// its hash maps.
fn seed() -> [u64; 4] {
    let random = RandomState::new();
    let thread = std::thread::current().id();
    [0u8, 1, 2, 3].map(|part| random.hash_one((part, thread)))
}

#[inline]
fn random() -> u64 {
    STATE
        .try_with(|state| {
            let mut s = state.get();
            let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
            let t = s[1] << 17;
            s[2] ^= s[0];
            s[3] ^= s[1];
            s[1] ^= s[2];
            s[0] ^= s[3];
            s[2] ^= t;
            s[3] = s[3].rotate_left(45);
            state.set(s);
            result
        })
        // The thread is ending and its generator is gone.
        .unwrap_or_else(|_| RandomState::new().hash_one(0))
}
