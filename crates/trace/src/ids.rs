//! New trace and span ids.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

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
/// operating system's randomness, anew with each [`Tracing`](crate::Tracing) that is built: a process that
/// forks should build its own after the fork.
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

/// Counts the [`Tracing`](crate::Tracing)s that were built, for the generators to begin anew with each: a
/// process that was forked and then builds its own must not go on with the numbers of its parent.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Has the generators of all threads begin anew.
pub(crate) fn begin_anew() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

#[derive(Clone, Copy)]
struct Generator {
    state: [u64; 4],
    generation: u64,
}

thread_local! {
    static GENERATOR: Cell<Generator> = Cell::new(Generator::new());
}

impl Generator {
    /// Begins with 256 bits out of the 128 random bits that the standard library takes from the operating
    /// system for its hash maps. A forked process inherits those, so they are mixed with what it does not.
    fn new() -> Self {
        let random = RandomState::new();
        let unlike_others = (std::process::id(), std::thread::current().id(), SystemTime::now());
        let state = [0u8, 1, 2, 3].map(|part| random.hash_one((part, unlike_others)));
        Generator { state, generation: GENERATION.load(Ordering::Relaxed) }
    }

    #[inline]
    fn next(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }
}

#[inline]
fn random() -> u64 {
    let next = |cell: &Cell<Generator>| {
        let mut generator = cell.get();
        if generator.generation != GENERATION.load(Ordering::Relaxed) {
            generator = Generator::new();
        }
        let number = generator.next();
        cell.set(generator);
        number
    };
    // On an ending thread the generator is gone.
    GENERATOR.try_with(next).unwrap_or_else(|_| Generator::new().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers published with the generator: state 1, 2, 3, 4.
    #[test]
    fn the_generator_is_xoshiro256_plus_plus() {
        let mut generator = Generator { state: [1, 2, 3, 4], generation: 0 };
        let numbers: Vec<u64> = (0..4).map(|_| generator.next()).collect();
        assert_eq!(numbers, [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386]);
    }

    #[test]
    fn beginning_anew_leaves_the_sequence_of_before() {
        let before = Generator::new();
        GENERATOR.set(before);
        let (mut continued, first) = (before, random());
        assert_eq!(continued.next(), first);
        begin_anew();
        assert_ne!(continued.next(), random());
    }
}
