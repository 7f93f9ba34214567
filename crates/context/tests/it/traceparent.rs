//! The `traceparent` field.

use std::error::Error;

use proptest::prelude::*;
use telespan_context::{ParseIdError, SpanContext, SpanId, TraceFlags, TraceId, TraceparentError};

use crate::span;

const FIELD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn a_span_is_written_as_version_00() {
    assert_eq!(span().traceparent().as_str(), FIELD);
    assert_eq!(span().traceparent().to_string(), FIELD);
    assert_eq!(span().traceparent().as_bytes(), FIELD.as_bytes());
}

#[test]
fn valid_fields_are_read() {
    let ids = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";
    let cases = [
        (FIELD.to_owned(), TraceFlags::SAMPLED),
        (format!("00-{ids}-00"), TraceFlags::NONE),
        (format!("00-{ids}-02"), TraceFlags::RANDOM),
        (format!("00-{ids}-03"), TraceFlags::from_bits(3)),
        // Unknown flags are ignored, of this version too.
        (format!("00-{ids}-ff"), TraceFlags::from_bits(3)),
        (format!("00-{ids}-f8"), TraceFlags::NONE),
        // White space around a field is no part of it.
        (format!(" \t{FIELD}\t "), TraceFlags::SAMPLED),
        // Later versions are read as far as they are known.
        (format!("01-{ids}-01"), TraceFlags::SAMPLED),
        (format!("01-{ids}-01-"), TraceFlags::SAMPLED),
        (format!("cc-{ids}-01-what-the-future-WILL.be-like"), TraceFlags::SAMPLED),
        (format!("fe-{ids}-09"), TraceFlags::SAMPLED),
    ];
    for (field, flags) in cases {
        let context =
            SpanContext::from_traceparent(&field).unwrap_or_else(|error| panic!("{field}: {error}"));
        assert_eq!(context.trace_id(), span().trace_id(), "{field}");
        assert_eq!(context.span_id(), span().span_id(), "{field}");
        assert_eq!(context.flags(), flags, "{field}");
        assert!(context.is_remote() && context.trace_state().is_empty(), "{field}");
    }
}

#[test]
fn malformed_fields_say_why() {
    use TraceparentError as E;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = "00f067aa0ba902b7";
    let cases = [
        (String::new(), E::Version),
        ("0".to_owned(), E::Version),
        ("00".to_owned(), E::Version),
        (format!("ff-{trace}-{parent}-01"), E::Version),
        (format!("0x-{trace}-{parent}-01"), E::Version),
        (format!("CC-{trace}-{parent}-01"), E::Version),
        (format!("-0-{trace}-{parent}-01"), E::Version),
        (format!("000-{trace}-{parent}-01"), E::Version),
        (format!("00_{trace}-{parent}-01"), E::Version),
        ("00-".to_owned(), E::Length(3)),
        (format!("00-{trace}-{parent}-0"), E::Length(54)),
        (format!("00-{trace}-{parent}-01-"), E::Length(56)),
        (format!("00-{trace}-{parent}-01-x"), E::Length(57)),
        (format!("01-{trace}-{parent}-0"), E::Length(54)),
        (format!("01-{trace}-{parent}-01x"), E::Separator(55)),
        (format!("01-{trace}-{parent}-011"), E::Separator(55)),
        (format!("00-{trace}_{parent}-01"), E::Separator(35)),
        (format!("00-{trace}-{parent}_01"), E::Separator(52)),
        (format!("00-{}-{parent}-01", "0".repeat(32)), E::TraceId(ParseIdError::Zero)),
        (format!("00-{}-{parent}-01", trace.to_uppercase()), E::TraceId(ParseIdError::NotHex { at: 1 })),
        (format!("00-{}.-{parent}-01", &trace[1..]), E::TraceId(ParseIdError::NotHex { at: 31 })),
        (format!("00-{trace}-{}-01", "0".repeat(16)), E::ParentId(ParseIdError::Zero)),
        (format!("00-{trace}-{}-01", parent.to_uppercase()), E::ParentId(ParseIdError::NotHex { at: 2 })),
        (format!("00-{trace}-+{}-01", &parent[1..]), E::ParentId(ParseIdError::NotHex { at: 0 })),
        (format!("00-{trace}-{parent}-.0"), E::Flags),
        (format!("00-{trace}-{parent}-0A"), E::Flags),
    ];
    for (field, error) in cases {
        assert_eq!(SpanContext::from_traceparent(&field), Err(error), "{field}");
    }
}

#[test]
fn an_error_leaves_its_cause_to_the_source() {
    let error = TraceparentError::TraceId(ParseIdError::Zero);
    assert_eq!(error.to_string(), "invalid trace id in a traceparent");
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("all digits are zero"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_context_survives_the_field(trace in 1u128.., span in 1u64.., bits in 0u8..4) {
        let context = SpanContext::new(
            TraceId::new(trace).expect("not zero"),
            SpanId::new(span).expect("not zero"),
            TraceFlags::from_bits(bits),
        );
        let field = context.traceparent();
        prop_assert_eq!(SpanContext::from_traceparent(field.as_str()), Ok(context.with_remote(true)));
    }

    #[test]
    fn no_text_panics(text in any::<String>(), at in 0usize..55, replacement in any::<char>()) {
        prop_assert!(SpanContext::from_traceparent(&text).is_err());
        let mut field = FIELD.to_owned();
        field.replace_range(at..=at, replacement.encode_utf8(&mut [0; 4]));
        if let Ok(context) = SpanContext::from_traceparent(&field) {
            prop_assert!(replacement.is_ascii());
            let again = context.traceparent();
            prop_assert_eq!(&again.as_str()[2..52], &field[2..52]);
        }
    }
}
