//! Ids, flags and span contexts.

use proptest::prelude::*;
use telespan_context::{Baggage, ParseIdError, SpanContext, SpanId, TraceFlags, TraceId, TraceState};

use crate::span;

#[test]
fn ids_are_never_zero() {
    assert_eq!(TraceId::new(0), None);
    assert_eq!(TraceId::from_bytes([0; 16]), None);
    assert_eq!(SpanId::new(0), None);
    assert_eq!(SpanId::from_bytes([0; 8]), None);
}

#[test]
fn the_bytes_of_an_id_begin_with_the_most_significant() {
    let id = span().trace_id();
    assert_eq!(id.to_bytes()[..3], [0x4b, 0xf9, 0x2f]);
    assert_eq!(id.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(format!("{id:?}"), "TraceId(4bf92f3577b34da6a3ce929d0e0e4736)");
    let id = span().span_id();
    assert_eq!(id.to_bytes()[..3], [0x00, 0xf0, 0x67]);
    assert_eq!(id.to_string(), "00f067aa0ba902b7");
    assert_eq!(format!("{id:?}"), "SpanId(00f067aa0ba902b7)");
}

#[test]
fn texts_that_are_no_ids_say_why() {
    let cases = [
        ("", ParseIdError::Length { length: 0, expected: 16 }),
        ("00f067aa0ba902b", ParseIdError::Length { length: 15, expected: 16 }),
        ("00f067aa0ba902b70", ParseIdError::Length { length: 17, expected: 16 }),
        ("00F067aa0ba902b7", ParseIdError::NotHex { at: 2 }),
        ("00f067aa0ba902bg", ParseIdError::NotHex { at: 15 }),
        ("+0f067aa0ba902b7", ParseIdError::NotHex { at: 0 }),
        ("00f067aa0ba902\u{e9}", ParseIdError::NotHex { at: 14 }),
        ("0000000000000000", ParseIdError::Zero),
    ];
    for (text, error) in cases {
        assert_eq!(text.parse::<SpanId>(), Err(error), "{text}");
    }
    let zeros = "0".repeat(32);
    assert_eq!(zeros.parse::<TraceId>(), Err(ParseIdError::Zero));
    assert_eq!(zeros[1..].parse::<TraceId>(), Err(ParseIdError::Length { length: 31, expected: 32 }));
}

#[test]
fn what_may_be_absent_takes_no_more_room() {
    assert_eq!(size_of::<Option<TraceId>>(), 16);
    assert_eq!(size_of::<Option<SpanId>>(), 8);
    assert_eq!(size_of::<Option<SpanContext>>(), size_of::<SpanContext>());
    assert_eq!(size_of::<TraceState>(), 2 * size_of::<usize>());
    assert_eq!(size_of::<Baggage>(), 2 * size_of::<usize>());
}

#[test]
fn flags_keep_the_two_bits_that_are_defined() {
    for bits in 0..=u8::MAX {
        let flags = TraceFlags::from_bits(bits);
        assert_eq!(flags.bits(), bits & 3);
        assert_eq!(flags.is_sampled(), bits & 1 == 1);
        assert_eq!(flags.is_random(), bits & 2 == 2);
    }
    assert_eq!(TraceFlags::default(), TraceFlags::NONE);
}

#[test]
fn a_child_takes_the_random_flag_over_and_decides_on_sampled() {
    for (parent, sampled, child) in [(0, false, 0), (0, true, 1), (1, false, 0), (2, true, 3), (3, false, 2)]
    {
        assert_eq!(TraceFlags::from_bits(parent).with_sampled(sampled).bits(), child);
    }
    for (before, random, after) in [(0, true, 2), (1, true, 3), (3, false, 1), (2, false, 0)] {
        assert_eq!(TraceFlags::from_bits(before).with_random(random).bits(), after);
    }
}

#[test]
fn a_span_context_is_local_and_without_state_unless_told() {
    let context = span();
    assert!(!context.is_remote() && context.is_sampled() && context.trace_state().is_empty());
    let state = TraceState::EMPTY.insert("a", "1").unwrap();
    let context = context.with_remote(true).with_trace_state(state.clone());
    assert!(context.is_remote());
    assert_eq!(context.trace_state(), &state);
    assert_eq!((context.trace_id(), context.span_id()), (span().trace_id(), span().span_id()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ids_survive_bytes_and_text(trace in 1u128.., span in 1u64..) {
        let trace_id = TraceId::new(trace).expect("not zero");
        prop_assert_eq!(trace_id.to_u128(), trace);
        prop_assert_eq!(TraceId::from_bytes(trace_id.to_bytes()), Some(trace_id));
        prop_assert_eq!(trace_id.to_string().parse(), Ok(trace_id));
        let span_id = SpanId::new(span).expect("not zero");
        prop_assert_eq!(span_id.to_u64(), span);
        prop_assert_eq!(SpanId::from_bytes(span_id.to_bytes()), Some(span_id));
        prop_assert_eq!(span_id.to_string().parse(), Ok(span_id));
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        prop_assert!(text.parse::<TraceId>().is_err());
        prop_assert!(text.parse::<SpanId>().is_err());
    }
}
