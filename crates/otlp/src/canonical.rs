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
