//! Any legal order of fields to the canonical one.
//!
//! Protobuf lets fields come in any order and lets a submessage be split over several. Canonical is: ascending
//! numbers, the elements of a repeated field together, everything else once. Two messages that mean the same to a
//! protobuf reader have the same canonical bytes, as far as [`schema`](crate::schema) knows their fields.

use crate::nested::put_nested;
use crate::schema::{Field, Kind, Label, Message};
use crate::wire::{self, Fields, Value};

/// How many messages may stand inside one another, a root and what it holds. Protobuf's own limit in most languages.
pub(crate) const MAX_DEPTH: usize = 100;

/// A known field with its value, of the wire type that the field asks for.
type Known<'a> = (&'static Field, wire::Field<'a>);

/// Appends `bytes`, a `message`, in canonical form, and so every message inside it down to `depth` levels.
///
/// Left out is what means nothing to a reader: unknown fields, fields of the wrong wire type, scalars that a later
/// one overrides, and the rest of a message from the first byte that is no field.
pub(crate) fn write(out: &mut Vec<u8>, message: &'static Message, bytes: &[u8], depth: usize) {
    if depth == 0 {
        return;
    }
    let mut fields: Vec<Known<'_>> = well_formed(bytes)
        .filter_map(|field| message.keyed(key(&field)).map(|known| (known, field)))
        .collect();
    keep_last_of_oneof(&mut fields);
    fields.sort_by_key(|(known, _)| known.number);
    for same in fields.chunk_by(|a, b| a.0.number == b.0.number) {
        write_field(out, same, depth);
    }
}

/// The fields up to the first byte that is none.
fn well_formed(bytes: &[u8]) -> impl Iterator<Item = wire::Field<'_>> {
    Fields::new(bytes).map_while(Result::ok)
}

fn key(field: &wire::Field<'_>) -> u64 {
    let wire_type = match field.value {
        Value::Varint(_) => wire::VARINT,
        Value::Fixed64(_) => wire::FIXED64,
        Value::Bytes(_) => wire::LEN,
        Value::Fixed32(_) => wire::FIXED32,
        Value::Group => wire::START_GROUP,
    };
    u64::from(field.number) << 3 | wire_type
}

/// Drops the members of a oneof that a later one replaced. A message member that stands several times in a row stays:
/// it is one message in pieces.
fn keep_last_of_oneof(fields: &mut Vec<Known<'_>>) {
    let mut members = fields.iter().enumerate().rev().filter(|(_, (known, _))| known.label == Label::OneOf);
    let Some((_, &(last, _))) = members.next() else { return };
    let replaced = members.find(|(_, (known, _))| known.number != last.number).map(|(index, _)| index);
    if let Some(replaced) = replaced {
        let mut index = 0;
        fields.retain(|(known, _)| {
            index += 1;
            known.label != Label::OneOf || index - 1 > replaced
        });
    }
}

/// Writes all occurrences of one field.
fn write_field(out: &mut Vec<u8>, same: &[Known<'_>], depth: usize) {
    let [.., (known, last)] = same else { return };
    match (known.kind, known.label) {
        (Kind::Message(inner), Label::Repeated) => {
            for (_, field) in same {
                write_message(out, known.number, inner, payload(field), depth);
            }
        }
        (Kind::Message(inner), _) if same.len() == 1 => {
            write_message(out, known.number, inner, payload(last), depth);
        }
        (Kind::Message(inner), _) => {
            // The pieces of a message make one by standing behind each other, once each has lost its bad end.
            let pieces = same.iter().flat_map(|(_, field)| well_formed(payload(field)));
            let merged: Vec<u8> = pieces.flat_map(|field| field.raw).copied().collect();
            write_message(out, known.number, inner, &merged, depth);
        }
        (_, Label::Repeated) => same.iter().for_each(|(_, field)| out.extend_from_slice(field.raw)),
        (_, label) => {
            if label == Label::OneOf || !is_default(last.value) {
                out.extend_from_slice(last.raw);
            }
        }
    }
}

fn write_message(out: &mut Vec<u8>, number: u32, inner: &'static Message, bytes: &[u8], depth: usize) {
    put_nested(out, number, |out| write(out, inner, bytes, depth - 1));
}

fn payload<'a>(field: &wire::Field<'a>) -> &'a [u8] {
    match field.value {
        Value::Bytes(bytes) => bytes,
        _ => &[],
    }
}

/// Whether a scalar has the value that an absent one has.
fn is_default(value: Value<'_>) -> bool {
    match value {
        Value::Varint(value) | Value::Fixed64(value) => value == 0,
        Value::Fixed32(value) => value == 0,
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::Group => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{ANY_VALUE, KEY_VALUE, SPAN, STATUS};

    fn canonical(message: &'static Message, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, message, bytes, MAX_DEPTH);
        out
    }

    #[test]
    fn fields_come_in_order_and_only_what_a_reader_would_see() {
        let cases: &[(&str, &'static Message, &[u8], &[u8])] = &[
            ("order", &STATUS, b"\x18\x02\x12\x01m", b"\x12\x01m\x18\x02"),
            ("last scalar", &STATUS, b"\x18\x01\x12\x01a\x18\x02\x12\x01b", b"\x12\x01b\x18\x02"),
            ("last scalar a default", &STATUS, b"\x18\x01\x18\x00", b""),
            ("unknown field", &STATUS, b"\x0a\x01x\x18\x02\x20\x07", b"\x18\x02"),
            ("wrong wire type", &STATUS, b"\x12\x01m\x1a\x01x\x10\x05", b"\x12\x01m"),
            ("broken end", &STATUS, b"\x18\x02\x12\x09m", b"\x18\x02"),
            ("last of a oneof", &ANY_VALUE, b"\x0a\x01a\x18\x05\x10\x00", b"\x10\x00"),
            ("oneof twice the same", &ANY_VALUE, b"\x0a\x01a\x0a\x01b", b"\x0a\x01b"),
            (
                "array in pieces",
                &ANY_VALUE,
                b"\x2a\x02\x0a\x00\x2a\x04\x0a\x02\x10\x01",
                b"\x2a\x06\x0a\x00\x0a\x02\x10\x01",
            ),
            ("array replaced", &ANY_VALUE, b"\x2a\x02\x0a\x00\x10\x01\x2a\x00", b"\x2a\x00"),
            (
                "message in pieces",
                &KEY_VALUE,
                b"\x12\x02\x18\x01\x0a\x01k\x12\x03\x0a\x01v",
                b"\x0a\x01k\x12\x03\x0a\x01v",
            ),
            (
                "pieces with a bad end",
                &SPAN,
                b"\x7a\x03\x18\x02\x12\x7a\x03\x12\x01m",
                b"\x7a\x05\x12\x01m\x18\x02",
            ),
            ("present and empty", &SPAN, b"\x2a\x00\x7a\x00\x4a\x00", b"\x4a\x00\x7a\x00"),
        ];
        for (name, message, bytes, expected) in cases {
            assert_eq!(canonical(message, bytes), *expected, "{name}");
        }
    }

    #[test]
    fn what_is_nested_too_deeply_becomes_empty() {
        let levels = |levels: usize| {
            let mut bytes = Vec::new();
            for _ in 0..levels {
                let mut outer = Vec::new();
                put_nested(&mut outer, 5, |out| put_nested(out, 1, |out| out.extend_from_slice(&bytes)));
                bytes = outer;
            }
            bytes
        };
        // Two messages a level, and the value itself.
        assert_eq!(canonical(&ANY_VALUE, &levels(50)), levels(50));
        assert_eq!(canonical(&ANY_VALUE, &levels(60)), levels(50));
    }
}
