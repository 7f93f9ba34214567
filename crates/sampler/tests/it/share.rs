//! The share that is kept of many random traces.

use telespan_context::{TraceId, TraceState};
use telespan_sampler::Sampler;

use crate::sampler;

const TRACES: u32 = 1_000_000;

/// Random trace ids from a fixed seed, the same in each run (splitmix64, Steele et al. 2014).
fn trace_ids() -> impl Iterator<Item = TraceId> {
    let mut state = 0x0123_4567_89ab_cdef_u64;
    let mut next = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    std::iter::repeat_with(move || u128::from(next()) << 64 | u128::from(next()))
        .filter_map(TraceId::new)
        .take(TRACES as usize)
}

/// Pearson's statistic of what a sampler kept and dropped, one degree of freedom.
fn chi_squared(kept: u32, rate: u32) -> f64 {
    let expected = f64::from(rate) / 1e6 * f64::from(TRACES);
    let unexpected = f64::from(TRACES) - expected;
    let deviation = (f64::from(kept) - expected).powi(2);
    deviation / expected + deviation / unexpected
}

#[test]
fn the_share_of_a_million_random_traces_is_the_rate() {
    // Exceeded once in 1000 runs by a fair sampler with a fresh seed (one degree of freedom); the seed is
    // fixed, so the result is too. A rate that were wrong by 0.2 % of all traces would give 16 and more.
    const CRITICAL: f64 = 10.828;
    let rates = [10, 100, 1_000, 10_000, 100_000, 250_000, 333_333, 500_000, 900_000, 999_000, 999_990];
    let samplers: Vec<Sampler> = rates.into_iter().map(sampler).collect();
    let mut kept = [0; 11];
    for id in trace_ids() {
        for (kept, sampler) in kept.iter_mut().zip(&samplers) {
            *kept += u32::from(sampler.decide(None, id, &TraceState::EMPTY).is_sampled());
        }
    }
    for (kept, rate) in kept.into_iter().zip(rates) {
        let statistic = chi_squared(kept, rate);
        assert!(statistic < CRITICAL, "rate {rate}: kept {kept}, chi squared {statistic}");
    }
}

#[test]
fn the_bits_that_decide_are_spread_over_the_whole_range() {
    // The rates at each tenth cut the traces into ten classes of equal expected size.
    const CRITICAL: f64 = 27.877; // p = 0.001, nine degrees of freedom
    let samplers: Vec<Sampler> = (1..10).map(|tenth| sampler(tenth * 100_000)).collect();
    let mut classes = [0u32; 10];
    for id in trace_ids() {
        let kept_by = samplers.iter().filter(|s| s.decide(None, id, &TraceState::EMPTY).is_sampled()).count();
        classes[kept_by] += 1;
    }
    let expected = f64::from(TRACES) / 10.0;
    let statistic: f64 = classes.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
    assert!(statistic < CRITICAL, "{classes:?}: chi squared {statistic}");
}
