//! JSON and bytes against the schema: every field, any message, any way to write it.

mod dice;

use proptest::prelude::*;
use prost::Message as _;
use telespan_proto::trace::v1::TracesData;

use self::dice::{Dice, message, scramble};
use super::{JsonProblem, decode, encode};
use crate::Batch;
use crate::canonical::MAX_DEPTH;
use crate::nested::put_nested;
use crate::schema::{self, ANY_VALUE, Field, Kind, Label, Message, SPAN, TRACES_DATA};
use crate::wire;

fn json(message: &'static Message, bytes: &[u8]) -> String {
    let mut out = Vec::new();
    encode::message(&mut out, message, bytes, MAX_DEPTH);
    String::from_utf8(out).unwrap()
}

/// A value of each kind, on the wire and in JSON.
fn sample(field: &Field, out: &mut Vec<u8>) -> &'static str {
    let number = field.number;
    match field.kind {
        Kind::String => {
            wire::put_bytes(out, number, b"text");
            "\"text\""
        }
        Kind::Id => {
            wire::put_bytes(out, number, &[0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]);
            "\"0123456789abcdef\""
        }
        Kind::Bytes => {
            wire::put_bytes(out, number, &[0xfb, 0xff]);
            "\"+/8=\""
        }
        Kind::Bool => {
            wire::put_varint_field(out, number, 1);
            "true"
        }
        Kind::Int32 | Kind::Enum(_) => {
            wire::put_varint_field(out, number, -2i64 as u64);
            "-2"
        }
        Kind::Int64 => {
            wire::put_varint_field(out, number, i64::MIN as u64);
            "\"-9223372036854775808\""
        }
        Kind::Uint32 => {
            wire::put_varint_field(out, number, u32::MAX.into());
            "4294967295"
        }
        Kind::Fixed32 => {
            wire::put_fixed32(out, number, u32::MAX);
            "4294967295"
        }
        Kind::Fixed64 => {
            wire::put_fixed64(out, number, u64::MAX);
            "\"18446744073709551615\""
        }
        Kind::Double => {
            wire::put_fixed64(out, number, (-0.5f64).to_bits());
            "-0.5"
        }
        Kind::Message(_) => {
            wire::put_bytes(out, number, b"");
            "{}"
        }
    }
}

/// The field once, or twice if it may be repeated.
fn sample_member(field: &Field, out: &mut Vec<u8>) -> String {
    let value = sample(field, out);
    if field.label != Label::Repeated {
        return format!("\"{}\":{value}", field.name);
    }
    sample(field, out);
    format!("\"{}\":[{value},{value}]", field.name)
}

#[test]
fn every_field_alone_goes_both_ways() {
    for message in schema::all() {
        for field in message.fields {
            let mut bytes = Vec::new();
            let text = format!("{{{}}}", sample_member(field, &mut bytes));
            assert_eq!(json(message, &bytes), text, "{}", message.name);
            assert_eq!(decode::parse_message(message, text.as_bytes()).unwrap(), bytes, "{text}");
        }
    }
}

#[test]
fn all_fields_together_go_both_ways() {
    for message in schema::all().into_iter().filter(|message| !std::ptr::eq(*message, &ANY_VALUE)) {
        let mut bytes = Vec::new();
        let members: Vec<_> = message.fields.iter().map(|field| sample_member(field, &mut bytes)).collect();
        let text = format!("{{{}}}", members.join(","));
        assert_eq!(json(message, &bytes), text, "{}", message.name);
        assert_eq!(decode::parse_message(message, text.as_bytes()).unwrap(), bytes, "{text}");
        let backwards: Vec<_> = members.into_iter().rev().collect();
        let text = format!("{{{}}}", backwards.join(" ,\n"));
        assert_eq!(decode::parse_message(message, text.as_bytes()).unwrap(), bytes, "{text}");
    }
}

#[test]
fn a_default_is_left_out_except_where_it_says_something() {
    let mut scalars = Vec::new();
    wire::put_bytes(&mut scalars, 1, b"");
    wire::put_bytes(&mut scalars, 5, b"");
    wire::put_varint_field(&mut scalars, 6, 0);
    wire::put_fixed64(&mut scalars, 7, 0);
    wire::put_fixed32(&mut scalars, 16, 0);
    assert_eq!(json(&SPAN, &scalars), "{}");
    for (text, bytes) in [
        (r#"{"stringValue":""}"#, &b"\x0a\0"[..]),
        (r#"{"boolValue":false}"#, b"\x10\0"),
        (r#"{"intValue":"0"}"#, b"\x18\0"),
        (r#"{"doubleValue":0.0}"#, b"\x21\0\0\0\0\0\0\0\0"),
        (r#"{"arrayValue":{}}"#, b"\x2a\0"),
        (r#"{"kvlistValue":{}}"#, b"\x32\0"),
        (r#"{"bytesValue":""}"#, b"\x3a\0"),
        (r#"{"stringValueStrindex":0}"#, b"\x40\0"),
        ("{}", b""),
    ] {
        assert_eq!(json(&ANY_VALUE, bytes), text);
        assert_eq!(decode::parse_message(&ANY_VALUE, text.as_bytes()).unwrap(), bytes);
    }
}

#[test]
fn attributes_of_every_form_are_written_alike() {
    for (key_value, text) in [
        (&b"\x0a\x01k\x12\x03\x0a\x01v"[..], r#"{"key":"k","value":{"stringValue":"v"}}"#),
        (b"\x0a\x01k\x12\x02\x18\x05", r#"{"key":"k","value":{"intValue":"5"}}"#),
        (b"\x0a\x01k\x12\x02\x10\x01", r#"{"key":"k","value":{"boolValue":true}}"#),
        (b"\x0a\x01k\x12\x00", r#"{"key":"k","value":{}}"#),
        (b"\x0a\x01k", r#"{"key":"k"}"#),
        (b"\x0a\x01k\x12\x02\x18\x05\x18\x01", r#"{"key":"k","value":{"intValue":"5"},"keyStrindex":1}"#),
        (b"\x0a\x01k\x12\x04\x18\x05\x18\x06", r#"{"key":"k","value":{"intValue":"6"}}"#),
        (b"\x0a\x01k\x12\x05\x18\x05\x0a\x01v", r#"{"key":"k","value":{"stringValue":"v"}}"#),
        (b"\x0a\x01k\x12\x05\x0a\x01v\x18\x05", r#"{"key":"k","value":{"intValue":"5"}}"#),
        (b"\x12\x03\x0a\x01v", r#"{"value":{"stringValue":"v"}}"#),
        (b"\x0a\x00\x12\x03\x0a\x01v", r#"{"value":{"stringValue":"v"}}"#),
        (b"\x12\x03\x0a\x01v\x0a\x01k", r#"{"key":"k","value":{"stringValue":"v"}}"#),
        (b"\x0a\x01k\x12\x03\x0a\x09v", r#"{"key":"k","value":{}}"#),
        (b"\x0a\x01k\x12\x01\x18", r#"{"key":"k","value":{}}"#),
        (b"\x0a\x01k\x12\x09", r#"{"key":"k"}"#),
        (b"\x0a\x09", "{}"),
    ] {
        let mut span = Vec::new();
        wire::put_bytes(&mut span, 9, key_value);
        assert_eq!(json(&SPAN, &span), format!("{{\"attributes\":[{text}]}}"), "{key_value:x?}");
    }
}

#[test]
fn nesting_is_bounded_on_the_way_out_and_refused_on_the_way_in() {
    let levels = |levels: usize| {
        (0..levels).fold(Vec::new(), |inner: Vec<u8>, _| {
            let mut outer = Vec::new();
            put_nested(&mut outer, 5, |out| put_nested(out, 1, |out| out.extend_from_slice(&inner)));
            outer
        })
    };
    // A level is two messages, AnyValue and ArrayValue, and the innermost value is one more.
    let deepest = (MAX_DEPTH - 1) / 2;
    let text = json(&ANY_VALUE, &levels(deepest));
    assert_eq!(decode::parse_message(&ANY_VALUE, text.as_bytes()).unwrap(), levels(deepest));
    assert_eq!(json(&ANY_VALUE, &levels(1000)).matches("values").count(), MAX_DEPTH / 2);
    let deeper = format!("{}{}", "{\"arrayValue\":{\"values\":[".repeat(1000), "]}}".repeat(1000));
    let error = decode::parse_message(&ANY_VALUE, deeper.as_bytes()).unwrap_err();
    assert_eq!(error.problem(), &JsonProblem::TooDeep);
    let unknown = format!("{{\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let error = decode::parse_message(&ANY_VALUE, unknown.as_bytes()).unwrap_err();
    assert_eq!(error.problem(), &JsonProblem::TooDeep);
}

/// A `TracesData` whose one span has lists of two attributes, one plain and one the next list, inside `arrays` arrays.
fn nested_traces(arrays: usize, lists: usize) -> Vec<u8> {
    let plain = b"\x0a\x01k\x12\x03\x0a\x01v";
    let mut value = (0..lists).fold(Vec::new(), |inner, _| {
        let mut outer = Vec::new();
        put_nested(&mut outer, 6, |out| {
            wire::put_bytes(out, 1, plain);
            put_nested(out, 1, |out| put_nested(out, 2, |out| out.extend_from_slice(&inner)));
        });
        outer
    });
    for _ in 0..arrays {
        let inner = std::mem::take(&mut value);
        put_nested(&mut value, 5, |out| wire::put_bytes(out, 1, &inner));
    }
    // The value in an attribute, a span, a `ScopeSpans`, a `ResourceSpans`.
    for number in [2, 9, 2, 2, 1] {
        let inner = std::mem::take(&mut value);
        wire::put_bytes(&mut value, number, &inner);
    }
    value
}

#[test]
fn what_was_written_of_deep_nesting_is_never_too_deep_to_be_read() {
    // The arrays move the limit from message to message of a list.
    for arrays in 0..6 {
        let batch = Batch::parse(nested_traces(arrays, 200)).unwrap();
        let mut whole = Vec::new();
        super::encode(&batch, &mut whole);
        let mut line = Vec::new();
        super::JsonLines::new(&batch).write_next(&mut line);
        assert_eq!(line.trim_ascii_end(), whole);
        let read = super::parse(&whole).unwrap();
        TracesData::decode(read.into_bytes()).expect("no deeper than prost goes");
        assert!(whole.windows(11).filter(|part| part == b"stringValue").count() >= 28);
    }
}

#[test]
fn a_bare_resource_spans_may_be_as_deep_as_one_in_traces_data() {
    for lists in 0..40 {
        for arrays in 0..3 {
            let nested = json_unbounded(&nested_traces(arrays, lists));
            let bare = nested.strip_prefix("{\"resourceSpans\":[").unwrap().strip_suffix("]}").unwrap();
            assert_eq!(super::parse(bare.as_bytes()).is_ok(), super::parse(nested.as_bytes()).is_ok());
            assert_eq!(super::parse(nested.as_bytes()).is_ok(), 6 + 2 * arrays + 3 * lists <= MAX_DEPTH);
        }
    }
}

/// What no writer of this crate writes: messages nested beyond the limit.
fn json_unbounded(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    encode::message(&mut out, &TRACES_DATA, bytes, usize::MAX);
    String::from_utf8(out).unwrap()
}

#[test]
fn disorder_at_every_level_costs_two_passes_and_not_two_a_level() {
    // Were each level written twice, this would be 2^49 passes.
    let disorder = |inner: Vec<u8>| {
        let mut outer = Vec::new();
        put_nested(&mut outer, 6, |out| {
            put_nested(out, 1, |out| {
                wire::put_bytes(out, 2, &inner);
                wire::put_bytes(out, 1, b"k");
            });
        });
        outer
    };
    let bytes = (0..30).fold(Vec::new(), |inner, _| disorder(inner));
    assert_eq!(json(&ANY_VALUE, &bytes).matches("\"key\":\"k\",\"value\":").count(), 30);
}

/// Enough for a message of some kilobytes.
fn dice() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..4000)
}

proptest! {
    #[test]
    fn any_message_survives_the_way_through_json(dice in dice()) {
        let bytes = message(&TRACES_DATA, &mut Dice::new(dice), 12);
        let text = json(&TRACES_DATA, &bytes);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
        prop_assert_eq!(decode::parse_message(&TRACES_DATA, text.as_bytes()), Ok(bytes));
    }

    #[test]
    fn any_message_is_what_prost_reads_and_writes(dice in dice()) {
        let bytes = message(&TRACES_DATA, &mut Dice::new(dice), 12);
        let traces = TracesData::decode(&bytes[..]).unwrap();
        prop_assert_eq!(traces.encode_to_vec(), bytes);
    }

    #[test]
    fn however_a_message_is_written_its_json_is_the_same(dice in dice(), scrambling in dice()) {
        let bytes = message(&TRACES_DATA, &mut Dice::new(dice), 12);
        let scrambled = scramble(&TRACES_DATA, &bytes, &mut Dice::new(scrambling));
        prop_assert_eq!(json(&TRACES_DATA, &scrambled), json(&TRACES_DATA, &bytes));
    }

    #[test]
    fn hostile_bytes_become_json_that_reads_back(bytes: Vec<u8>, dice in dice(), cut: usize, flip: u8) {
        let mut valid = message(&SPAN, &mut Dice::new(dice), 12);
        let at = cut % (valid.len() + 1);
        if let Some(byte) = valid.get_mut(at) {
            *byte ^= flip;
        }
        for bytes in [&bytes[..], &valid, &valid[..at]] {
            let text = json(&SPAN, bytes);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
            let again = decode::parse_message(&SPAN, text.as_bytes()).unwrap();
            prop_assert_eq!(json(&SPAN, &again), text);
        }
    }

    #[test]
    fn any_double_is_a_number_of_json_that_reads_back(bits: u64) {
        let mut bytes = Vec::new();
        wire::put_fixed64(&mut bytes, 4, bits);
        let text = json(&ANY_VALUE, &bytes);
        let again = decode::parse_message(&ANY_VALUE, text.as_bytes()).unwrap();
        let value = f64::from_bits(bits);
        if value.is_nan() {
            prop_assert_eq!(&text, r#"{"doubleValue":"NaN"}"#);
        } else {
            prop_assert_eq!(again, bytes);
        }
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
    }
}
