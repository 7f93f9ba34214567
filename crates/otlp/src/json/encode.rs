//! OTLP bytes to JSON text, driven by the schema: one pass over fields in canonical order.

use super::put;
use crate::Batch;
use crate::canonical::{self, MAX_DEPTH, is_default};
use crate::schema::{Kind, Label, Message, TRACES_DATA};
use crate::wire::{Fields, Value};

/// Appends the batch as one OTLP/JSON object, `{"resourceSpans":[…]}`: the body of an OTLP/HTTP request.
///
/// Never fails; see the [module](super) for what happens to bytes inside a span that cannot be read.
pub fn encode(batch: &Batch, out: &mut Vec<u8>) {
    message(out, &TRACES_DATA, batch.bytes(), MAX_DEPTH);
}

/// Appends `bytes`, a `message`, as an object; messages more than `depth` levels down are written as `{}`.
pub(super) fn message(out: &mut Vec<u8>, message: &'static Message, bytes: &[u8], depth: usize) {
    let start = out.len();
    if object(out, message, bytes, depth).is_err() {
        out.truncate(start);
        let mut ordered = Vec::with_capacity(bytes.len());
        canonical::write(&mut ordered, message, bytes, depth);
        let written = object(out, message, &ordered, depth);
        debug_assert!(written.is_ok(), "canonical bytes are in order");
    }
}

/// The fields do not come in canonical order, so one pass cannot write them.
struct OutOfOrder;

/// Writes one object, as far as its fields come in order.
///
/// Every member is written with the comma before it; the first comma becomes the opening brace at the end.
fn object(
    out: &mut Vec<u8>,
    message: &'static Message,
    bytes: &[u8],
    depth: usize,
) -> Result<(), OutOfOrder> {
    let start = out.len();
    let mut last = 0;
    let mut in_array = false;
    let mut in_oneof = false;
    if depth == 0 {
        out.extend_from_slice(b"{}");
        return Ok(());
    }
    // What follows a broken field cannot be told apart, so the message ends there.
    for field in Fields::new(bytes).map_while(Result::ok) {
        let Some(known) = message.numbered(field.number) else { continue };
        if known.number <= last && !(in_array && known.number == last) {
            return Err(OutOfOrder);
        }
        if in_array && known.number != last {
            out.push(b']');
            in_array = false;
        }
        last = known.number;
        match known.label {
            Label::Singular if is_default(field.value) && !matches!(known.kind, Kind::Message(_)) => continue,
            Label::OneOf if in_oneof => return Err(OutOfOrder),
            _ if !known.kind.admits(field.value) => return Err(OutOfOrder),
            Label::Repeated if in_array => out.push(b','),
            label => {
                out.extend_from_slice(known.member.as_bytes());
                in_oneof |= label == Label::OneOf;
                if label == Label::Repeated {
                    out.push(b'[');
                    in_array = true;
                }
            }
        }
        match (known.kind, field.value) {
            (Kind::Message(inner), Value::Bytes(bytes)) => object(out, inner, bytes, depth - 1)?,
            (kind, value) => scalar(out, kind, value),
        }
    }
    if in_array {
        out.push(b']');
    }
    match out.get_mut(start) {
        Some(comma) => *comma = b'{',
        None => out.push(b'{'),
    }
    out.push(b'}');
    Ok(())
}

/// Writes a value that has the wire type of its kind.
#[inline]
fn scalar(out: &mut Vec<u8>, kind: Kind, value: Value<'_>) {
    match (kind, value) {
        (Kind::String, Value::Bytes(value)) => put::string(out, value),
        (Kind::Id, Value::Bytes(value)) => put::id(out, value),
        (_, Value::Bytes(value)) => put::bytes(out, value),
        (Kind::Bool, Value::Varint(value)) => {
            out.extend_from_slice(if value == 0 { b"false" } else { b"true" })
        }
        (Kind::Int64, Value::Varint(value)) => put::quoted_integer(out, value as i64),
        (Kind::Uint32, Value::Varint(value)) => put::integer(out, value as u32),
        (_, Value::Varint(value)) => put::integer(out, value as i32),
        (Kind::Double, Value::Fixed64(value)) => put::double(out, f64::from_bits(value)),
        (_, Value::Fixed64(value)) => put::quoted_integer(out, value),
        (_, Value::Fixed32(value)) => put::integer(out, value),
        (_, Value::Group) => {}
    }
}
