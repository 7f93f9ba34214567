//! Random messages out of the schema, and random ways to write the same message.

use crate::nested::put_nested;
use crate::schema::{Kind, Label, Message};
use crate::wire::{self, Fields, Value};

/// Choices out of bytes that proptest makes, and shrinks. When they run out, every choice is the first.
pub(super) struct Dice(std::vec::IntoIter<u8>);

impl Dice {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Dice(bytes.into_iter())
    }

    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }
}

const TEXTS: [&str; 8] = [
    "",
    "plain",
    "longer than eight",
    "\"quoted\\\"",
    "\0\u{1f}\u{7f}\n",
    "é",
    "😀 eight bytes",
    "\u{fffd}\u{2028}",
];
const DOUBLES: [f64; 10] = [
    0.0,
    -0.0,
    1.5,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MAX,
    f64::MIN_POSITIVE,
    5e-324,
    -1.234_567_890_123_456_7e-89,
];
const INTEGERS: [u64; 7] = [0, 1, 127, 1 << 31, u64::MAX, 1 << 63, (1 << 63) - 1];

/// A message in canonical order. It may hold anything that its schema allows.
pub(super) fn message(message: &'static Message, dice: &mut Dice, depth: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let oneof = dice.pick(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 5]);
    for field in message.fields {
        let times = match field.label {
            Label::Singular => dice.pick(&[0, 1, 1]),
            Label::Repeated => dice.pick(&[0, 1, 2, 1, 2]),
            Label::OneOf => usize::from(field.number == oneof),
        };
        for _ in 0..times {
            let before = out.len();
            if let Kind::Message(inner) = field.kind {
                let payload = if depth > 0 { self::message(inner, dice, depth - 1) } else { Vec::new() };
                put_nested(&mut out, field.number, |out| out.extend_from_slice(&payload));
            } else if !put_scalar(&mut out, field.number, field.kind, dice) && field.label == Label::Singular
            {
                out.truncate(before);
            }
        }
    }
    out
}

/// Writes a scalar; `false` if it is the default.
fn put_scalar(out: &mut Vec<u8>, number: u32, kind: Kind, dice: &mut Dice) -> bool {
    let integer = dice.pick(&INTEGERS);
    let text = dice.pick(&TEXTS).as_bytes();
    match kind {
        Kind::String | Kind::Bytes => {
            wire::put_bytes(out, number, text);
            return !text.is_empty();
        }
        Kind::Id => {
            let id = &[0xab; 16][..dice.pick(&[16, 8, 0, 3])];
            wire::put_bytes(out, number, id);
            return !id.is_empty();
        }
        Kind::Double => {
            let bits = dice.pick(&DOUBLES).to_bits();
            wire::put_fixed64(out, number, bits);
            return bits != 0;
        }
        Kind::Fixed64 => wire::put_fixed64(out, number, integer),
        Kind::Fixed32 => {
            wire::put_fixed32(out, number, integer as u32);
            return integer as u32 != 0;
        }
        Kind::Bool => wire::put_varint_field(out, number, integer & 1),
        Kind::Int64 => wire::put_varint_field(out, number, integer),
        Kind::Uint32 => wire::put_varint_field(out, number, u64::from(integer as u32)),
        Kind::Int32 | Kind::Enum(_) => {
            wire::put_varint_field(out, number, i64::from(integer as i32) as u64);
        }
        Kind::Message(_) => {}
    }
    !out.ends_with(&[0])
}

/// The same message written differently at every level: fields in another order, submessages in pieces, scalars that
/// a later one overrides, unknown fields in between.
pub(super) fn scramble(message: &'static Message, bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    // Fields of one class keep their order among themselves.
    let mut classes: Vec<Vec<Vec<u8>>> = message.fields.iter().map(|_| Vec::new()).collect();
    for field in Fields::new(bytes).map(Result::unwrap) {
        let index = message.fields.iter().position(|known| known.number == field.number).unwrap();
        let known = &message.fields[index];
        let class = &mut classes[if known.label == Label::OneOf { 0 } else { index }];
        if let (Kind::Message(inner), Value::Bytes(payload)) = (known.kind, field.value) {
            class.extend(pieces(known.number, known.label, &scramble(inner, payload, dice), dice));
        } else {
            if known.label != Label::Repeated && dice.roll(4) == 0 {
                let mut overridden = Vec::new();
                put_scalar(&mut overridden, known.number, known.kind, dice);
                class.push(overridden);
            }
            class.push(field.raw.to_vec());
        }
    }
    let mut out = Vec::new();
    while classes.iter().any(|class| !class.is_empty()) {
        if dice.roll(5) == 1 {
            wire::put_bytes(&mut out, 900, b"unknown");
        }
        classes.retain(|class| !class.is_empty());
        let from = dice.roll(classes.len());
        out.extend(classes[from].remove(0));
    }
    out
}

/// A message as one field or, where protobuf would put them together again, as two.
fn pieces(number: u32, label: Label, payload: &[u8], dice: &mut Dice) -> Vec<Vec<u8>> {
    let fields: Vec<&[u8]> = Fields::new(payload).map(|field| field.unwrap().raw).collect();
    let halves = fields.split_at(dice.roll(fields.len() + 1));
    let parts = if label == Label::Repeated { vec![&fields[..]] } else { vec![halves.0, halves.1] };
    let field = |part: &&[&[u8]]| {
        let mut out = Vec::new();
        wire::put_bytes(&mut out, number, &part.concat());
        out
    };
    parts.iter().map(field).collect()
}
