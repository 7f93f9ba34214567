//! Environment variables as carriers.

use std::ffi::OsString;

use telespan_context::{
    Baggage, Carrier, ChildEnvironment, Environment, TraceState, extract, inject, normalize_name,
};

use crate::span;

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

#[test]
fn names_are_normalised() {
    let cases = [
        ("", "_"),
        ("traceparent", "TRACEPARENT"),
        ("TRACEPARENT", "TRACEPARENT"),
        ("x-b3-traceid", "X_B3_TRACEID"),
        ("b3.sampled flag", "B3_SAMPLED_FLAG"),
        ("1st", "_1ST"),
        ("_a", "_A"),
        ("-1", "_1"),
        ("gr\u{fc}n", "GR_N"),
        ("\u{df}", "_"),
    ];
    for (name, normalized) in cases {
        assert_eq!(normalize_name(name), normalized, "{name:?}");
        assert_eq!(normalize_name(normalized), normalized, "{name:?}");
    }
}

#[test]
fn only_names_in_normal_spelling_are_read() {
    let environment = environment(&[
        ("TRACEPARENT", "1"),
        ("traceparent", "2"),
        ("Baggage", "3"),
        ("_X1", "4"),
        ("1X", "5"),
        ("A-B", "6"),
        ("", "7"),
        ("EMPTY", ""),
    ]);
    assert_eq!(environment.names().collect::<Vec<_>>(), ["EMPTY", "TRACEPARENT", "_X1"]);
    assert_eq!(environment.get("traceparent"), Some("1"));
    assert_eq!(environment.get("TraceParent"), Some("1"));
    assert_eq!(environment.get("-x1"), Some("4"));
    assert_eq!(environment.get("empty"), Some(""));
    assert_eq!((environment.get("baggage"), environment.get("1x"), environment.get("")), (None, None, None));
    assert_eq!(environment.fields("traceparent").collect::<Vec<_>>(), ["1"]);
}

#[test]
fn the_debug_form_shows_no_value() {
    let environment = environment(&[("API_KEY", "sesame"), ("TRACEPARENT", "1")]);
    assert_eq!(format!("{environment:?}"), r#"Environment {"API_KEY", "TRACEPARENT"}"#);
}

#[test]
#[cfg(unix)]
fn what_is_no_utf8_is_left_out() {
    use std::os::unix::ffi::OsStringExt;
    let variables = [
        (b"BAGGAGE".to_vec(), vec![0xff]),
        (vec![b'A', 0xff], b"1".to_vec()),
        (b"A".to_vec(), b"2".to_vec()),
    ];
    let environment: Environment = variables
        .into_iter()
        .map(|(name, value)| (OsString::from_vec(name), OsString::from_vec(value)))
        .collect();
    assert_eq!(environment.names().collect::<Vec<_>>(), ["A"]);
}

#[test]
fn a_child_reads_what_its_parent_wrote() {
    let state = TraceState::EMPTY.insert("vendor", "x y").unwrap();
    let span = span().with_trace_state(state);
    let baggage = Baggage::from_fields(["tenant=blue"]);
    let mut child = ChildEnvironment::default();
    inject(Some(&span), &baggage, &mut child);
    let changes: Vec<_> = child.changes().collect();
    assert_eq!(
        changes,
        [
            ("BAGGAGE", Some("tenant=blue")),
            ("TRACEPARENT", Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")),
            ("TRACESTATE", Some("vendor=x y")),
        ]
    );
    let set: Vec<_> = changes.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let received = extract(&environment(&set));
    assert_eq!(received.parent, Some(span.with_remote(true)));
    assert_eq!(received.baggage, baggage);
}

#[test]
fn what_would_be_stale_is_taken_away_from_a_child() {
    let mut child = ChildEnvironment::default();
    inject(Some(&span()), &Baggage::EMPTY, &mut child);
    let gone: Vec<_> = child.changes().filter(|(_, value)| value.is_none()).collect();
    assert_eq!(gone, [("BAGGAGE", None), ("TRACESTATE", None)]);
}
