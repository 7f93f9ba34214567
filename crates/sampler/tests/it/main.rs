//! The decision and its arithmetic, through the public API.

mod decision;
mod rate;
mod share;

use telespan_context::TraceId;
use telespan_sampler::{PerMillion, Sampler};

fn sampler(rate: u32) -> Sampler {
    Sampler::new(PerMillion::try_from(rate).expect("at most a million"))
}

/// A trace id with these last 56 bits. The bits before them are all set and must not matter.
fn trace(randomness: u64) -> TraceId {
    TraceId::new(u128::MAX << 56 | u128::from(randomness)).expect("not zero")
}
