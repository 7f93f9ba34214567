//! Who decides, and where the threshold lies.

use proptest::prelude::*;
use telespan_context::{SpanContext, SpanId, TraceFlags, TraceState};
use telespan_sampler::{Decision, Sampler};

use crate::{sampler, trace};

/// The largest random number.
const MAX: u64 = (1 << 56) - 1;

fn keeps(sampler: Sampler, randomness: u64) -> bool {
    sampler.decide(None, trace(randomness), &TraceState::EMPTY).is_sampled()
}

#[test]
fn a_parent_decides_alone() {
    let span_id = SpanId::new(1).unwrap();
    // A state that would keep the trace, and one that would drop it.
    let states = ["ot=rv:ffffffffffffff", "ot=rv:00000000000000", ""]
        .map(|field| field.parse::<TraceState>().unwrap());
    for rate in [0, 1, 500_000, 1_000_000] {
        for randomness in [0, MAX] {
            for state in &states {
                for remote in [false, true] {
                    for (flags, decision) in [
                        (0, Decision::Drop),
                        (1, Decision::RecordAndSample),
                        (2, Decision::Drop),
                        (3, Decision::RecordAndSample),
                    ] {
                        let parent =
                            SpanContext::new(trace(randomness), span_id, TraceFlags::from_bits(flags))
                                .with_remote(remote)
                                .with_trace_state(state.clone());
                        let decided = sampler(rate).decide(Some(&parent), trace(randomness), state);
                        assert_eq!(decided, decision, "rate {rate}, {parent:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_decision_is_the_sampled_flag() {
    assert!(Decision::RecordAndSample.is_sampled());
    assert!(!Decision::Drop.is_sampled());
}

#[test]
fn the_ends_of_the_range_keep_none_and_all() {
    for randomness in [0, 1, 1 << 55, MAX - 1, MAX] {
        assert!(!keeps(sampler(0), randomness), "{randomness}");
        assert!(keeps(sampler(1_000_000), randomness), "{randomness}");
    }
}

#[test]
fn the_threshold_is_exact() {
    // (rate, ceil((1 000 000 - rate) * 2^56 / 1 000 000))
    let cases = [
        (1, 72_057_521_980_333_899),
        (250_000, 3 << 54),
        (333_333, 48_038_420_044_483_304),
        (500_000, 1 << 55),
        (750_000, 1 << 54),
        (999_999, 72_057_594_038),
    ];
    for (rate, threshold) in cases {
        assert!(keeps(sampler(rate), threshold), "{rate}");
        assert!(!keeps(sampler(rate), threshold - 1), "{rate}");
    }
}

#[test]
fn explicit_randomness_takes_the_place_of_the_trace_id() {
    // At a half the first digit of the randomness decides. (field, whether explicit: kept)
    let cases = [
        ("ot=rv:80000000000000", Some(true)),
        ("ot=rv:7fffffffffffff", Some(false)),
        ("ot=rv:ffffffffffffff", Some(true)),
        ("ot=rv:00000000000000", Some(false)),
        ("ot=th:0;rv:00000000000000", Some(false)),
        ("ot=rv:ffffffffffffff;th:fff", Some(true)),
        ("a=1,ot=rv:ffffffffffffff,b=2", Some(true)),
        // As good as absent:
        ("", None),
        ("ot=th:8", None),
        ("ot=rv:", None),
        ("ot=rv:fffffffffffff", None),
        ("ot=rv:fffffffffffffff", None),
        ("ot=rv:FFFFFFFFFFFFFF", None),
        ("ot=rv:+fffffffffffff", None),
        ("ot=rv: fffffffffffff", None),
        ("ot=rv:gfffffffffffff", None),
        ("ot=xrv:ffffffffffffff", None),
        ("ot=rv.ffffffffffffff", None),
        ("other=rv:ffffffffffffff", None),
    ];
    for (field, explicit) in cases {
        let state: TraceState = field.parse().unwrap();
        for (randomness, of_id) in [(0, false), (MAX, true)] {
            let kept = sampler(500_000).decide(None, trace(randomness), &state).is_sampled();
            assert_eq!(kept, explicit.unwrap_or(of_id), "{field:?} {randomness}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4096) })]

    #[test]
    fn a_higher_rate_keeps_everything_that_a_lower_one_keeps(
        rates in (0u32..=1_000_000, 0u32..=1_000_000),
        randomness in 0..=MAX,
    ) {
        let (low, high) = (rates.0.min(rates.1), rates.0.max(rates.1));
        prop_assert!(!keeps(sampler(low), randomness) || keeps(sampler(high), randomness));
    }

    #[test]
    fn neighbouring_rates_are_nested_at_their_thresholds(rate in 1u32..1_000_000, offset in -2i64..=2) {
        // An independent form of the threshold: the smallest R that the definition keeps.
        let dropped = u128::from(1_000_000 - rate) << 56;
        let threshold = (dropped / 1_000_000 + u128::from(dropped % 1_000_000 != 0)) as u64;
        let randomness = threshold.saturating_add_signed(offset).min(MAX);
        prop_assert_eq!(keeps(sampler(rate), randomness), randomness >= threshold);
        prop_assert!(!keeps(sampler(rate - 1), randomness) || keeps(sampler(rate), randomness));
        prop_assert!(!keeps(sampler(rate), randomness) || keeps(sampler(rate + 1), randomness));
    }

    #[test]
    fn explicit_randomness_decides_as_the_same_bits_of_an_id_do(rate in 0u32..=1_000_000, randomness in 0..=MAX) {
        let state = TraceState::EMPTY.insert("ot", &format!("rv:{randomness:014x}")).unwrap();
        let kept = sampler(rate).decide(None, trace(!randomness & MAX), &state).is_sampled();
        prop_assert_eq!(kept, keeps(sampler(rate), randomness));
    }
}
