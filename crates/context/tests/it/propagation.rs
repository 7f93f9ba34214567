//! Whole messages: what a receiver makes of them, and what a sender puts in.

use std::collections::HashMap;

use proptest::prelude::*;
use telespan_context::{Baggage, Propagated, TraceFlags, TraceState, extract, inject};

use crate::span;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const OTHER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-00";

#[test]
fn a_parent_needs_exactly_one_valid_traceparent() {
    let many = (0..33).map(|n| format!("k{n}=1")).collect::<Vec<_>>().join(",");
    type Fields<'a> = &'a [(&'a str, &'a str)];
    // (fields, whether there is a parent, its trace state)
    let cases: [(Fields<'_>, bool, &str); 12] = [
        (&[], false, ""),
        (&[("traceparent", PARENT)], true, ""),
        (&[("TraceParent", PARENT), ("TRACESTATE", "a=1")], true, "a=1"),
        (&[("tracestate", "a=1"), ("traceparent", PARENT), ("tracestate", "b=2")], true, "a=1,b=2"),
        (&[("traceparent", PARENT), ("traceparent", OTHER)], false, ""),
        (&[("traceparent", PARENT), ("Traceparent", PARENT)], false, ""),
        (&[("traceparent", ""), ("traceparent", PARENT)], false, ""),
        (&[("traceparent", "x"), ("tracestate", "a=1")], false, ""),
        (&[("tracestate", "a=1")], false, ""),
        (&[("traceparent", PARENT), ("tracestate", "a=1,B=2")], true, ""),
        (&[("traceparent", PARENT), ("tracestate", "a=1"), ("tracestate", "b")], true, ""),
        (&[("traceparent", PARENT), ("tracestate", &many)], true, ""),
    ];
    for (fields, valid, state) in cases {
        let parent = extract(fields).parent;
        assert_eq!(parent.is_some(), valid, "{fields:?}");
        let Some(parent) = parent else { continue };
        assert_eq!(parent.with_trace_state(TraceState::EMPTY), span().with_remote(true), "{fields:?}");
        assert_eq!(extract(fields).parent.unwrap().trace_state().as_str(), state, "{fields:?}");
    }
}

#[test]
fn baggage_needs_no_parent() {
    let received = extract(&[("Baggage", "a=1"), ("baggage", "b=2")][..]);
    assert_eq!(received.parent, None);
    assert_eq!(received.baggage.to_string(), "a=1,b=2");
}

#[test]
fn an_unsampled_span_is_sent_on_with_its_state() {
    let state: TraceState = "a=1".parse().unwrap();
    let span = span().with_trace_state(state);
    let unsampled = span.flags().with_sampled(false);
    let span = telespan_context::SpanContext::new(span.trace_id(), span.span_id(), unsampled)
        .with_trace_state(span.trace_state().clone());
    let mut carrier = HashMap::new();
    inject(Some(&span), &Baggage::EMPTY, &mut carrier);
    assert_eq!(carrier["traceparent"], "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
    assert_eq!(carrier["tracestate"], "a=1");
    assert_eq!(carrier.len(), 2);
}

#[test]
fn injecting_replaces_what_a_copied_message_carried() {
    let mut carrier: Vec<(String, String)> =
        [("Traceparent", OTHER), ("x", "y"), ("TraceState", "old=1"), ("baggage", "old=1")]
            .map(|(name, value)| (name.into(), value.into()))
            .into();
    inject(Some(&span()), &Baggage::EMPTY, &mut carrier);
    let expected = [("x", "y"), ("traceparent", PARENT)];
    assert_eq!(carrier, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn without_a_span_only_baggage_is_written() {
    let mut carrier = HashMap::from([("traceparent".to_owned(), OTHER.to_owned())]);
    inject(None, &Baggage::from_fields(["a=1"]), &mut carrier);
    assert_eq!(
        (carrier["traceparent"].as_str(), carrier["baggage"].as_str(), carrier.len()),
        (OTHER, "a=1", 2)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_injected_is_extracted(bits in 0u8..4, state in "([a-z]{1,3}=[a-z]{1,9},){0,9}", baggage in "([a-z]=[a-z%]{0,5},){0,9}") {
        let span = telespan_context::SpanContext::new(
            span().trace_id(),
            span().span_id(),
            TraceFlags::from_bits(bits),
        )
        .with_trace_state(state.parse().unwrap());
        let baggage = Baggage::from_fields([baggage.as_str()]);
        let mut carrier: Vec<(String, String)> = Vec::new();
        inject(Some(&span), &baggage, &mut carrier);
        let expected = Propagated { parent: Some(span.with_remote(true)), baggage };
        prop_assert_eq!(extract(&carrier), expected);
    }

    #[test]
    fn no_message_panics(
        fields in proptest::collection::vec(("(traceparent|tracestate|baggage)", any::<String>()), 0..6),
    ) {
        prop_assert_eq!(extract(&fields).parent, None);
    }
}
