//! The retry machine, with time and chance in our hands.

use super::*;

fn retryable(after: Option<u64>) -> ExportError {
    ExportError::new(Failure::Retryable { after: after.map(Duration::from_secs) }, "busy")
}

/// The waits that `failures` lead to, in seconds.
fn waits(seed: u64, failures: &[Option<u64>]) -> Vec<f64> {
    let now = Instant::now();
    let mut delivery = Delivery::new(Backoff::default(), seed);
    failures
        .iter()
        .map(|after| match delivery.failed(&retryable(*after), 1, now) {
            Next::RetryAt(at) => (at - now).as_secs_f64(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn waits_grow_by_half_within_the_jitter_and_stop_at_the_cap() {
    for seed in 0..200 {
        let mut base: f64 = 0.5;
        for wait in waits(seed, &[None; 20]) {
            assert!(wait >= base * 0.5 - 1e-6 && wait <= base * 1.5 + 1e-6, "{wait} around {base}");
            base = (base * 1.5).min(30.0);
        }
    }
}

#[test]
fn jitter_spreads_over_its_whole_range() {
    let firsts: Vec<f64> = (0..1000).map(|seed| waits(seed, &[None])[0]).collect();
    let below = firsts.iter().filter(|w| **w < 0.5).count();
    assert!((400..600).contains(&below), "{below} of 1000 below the middle");
    assert!(firsts.iter().any(|w| *w < 0.3) && firsts.iter().any(|w| *w > 0.7));
}

#[test]
fn a_named_delay_is_waited_out_in_full_and_grows_if_the_retry_fails_too() {
    for seed in 0..200 {
        let waits = waits(seed, &[Some(4), None]);
        assert!(waits[0] >= 4.0 - 1e-9, "{waits:?}");
        assert!(waits[1] >= 6.0 * 0.5 && waits[1] <= 6.0 * 1.5, "{waits:?}");
    }
}

#[test]
fn a_named_delay_above_the_cap_is_still_honoured() {
    assert_eq!(waits(1, &[Some(120)]), [120.0]);
}

#[test]
fn an_absurd_delay_is_cut_to_a_day() {
    assert_eq!(waits(1, &[Some(u64::MAX)]), [86_400.0]);
}

#[test]
fn a_delay_of_zero_means_at_once_but_only_the_first_time() {
    let waits = waits(1, &[Some(0), Some(0), Some(0)]);
    assert_eq!(waits[0], 0.0);
    // Half of 0.75 s and of 1.125 s, which is what the jitter may leave.
    assert!(waits[1] >= 0.374 && waits[2] >= 0.562, "{waits:?}");
}

#[test]
fn a_backoff_that_cannot_be_computed_with_is_refused() {
    let second = Duration::from_secs(1);
    let cases = [
        (f64::NAN, 0.5, second),
        (0.9, 0.5, second),
        (101.0, 0.5, second),
        (1.5, 1.1, second),
        (1.5, -0.1, second),
        (1.5, 0.5, Duration::MAX),
    ];
    for (factor, jitter, cap) in cases {
        assert_eq!(Backoff::new(second, factor, jitter, cap), Err(BackoffError), "{factor} {jitter} {cap:?}");
    }
    assert!(Backoff::new(second, 1.0, 0.0, second).is_ok());
}

#[test]
fn other_failures_split_or_drop() {
    let now = Instant::now();
    let cases = [
        (ExportError::permanent("no"), 5, Next::Drop(DropReason::Refused)),
        (ExportError::closed(), 5, Next::Drop(DropReason::Shutdown)),
        (ExportError::new(Failure::TooLarge { limit: 9 }, "big"), 5, Next::Split { limit: 9 }),
        (ExportError::new(Failure::TooLarge { limit: 9 }, "big"), 1, Next::Drop(DropReason::TooLarge)),
    ];
    for (error, spans, expected) in cases {
        let mut delivery = Delivery::new(Backoff::default(), 1);
        assert_eq!(delivery.failed(&error, spans, now), expected, "{error}");
        assert_eq!(delivery.attempts(), 1);
    }
}
