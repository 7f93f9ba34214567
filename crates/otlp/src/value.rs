//! Attribute values on their way into bytes.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::limits::Limits;
use crate::nested::put_nested;
use crate::wire;

/// The value of an attribute: everything that OTLP's `AnyValue` can hold.
///
/// Borrows where it can, since it lives only until it is encoded. Unsigned 64-bit integers above
/// `i64::MAX`, for which OTLP has no type, become decimal text.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// No value, which is not the same as no attribute.
    #[default]
    Empty,
    /// UTF-8 text.
    Str(Cow<'a, str>),
    /// True or false.
    Bool(bool),
    /// A signed 64-bit integer.
    Int(i64),
    /// An IEEE 754 double, NaN and infinities included.
    Double(f64),
    /// Raw bytes.
    Bytes(Cow<'a, [u8]>),
    /// A list, mixed types allowed.
    Array(Vec<Value<'a>>),
    /// A map. For a key that comes twice the last value counts.
    Map(Vec<(Cow<'a, str>, Value<'a>)>),
}

// Field numbers of AnyValue.
pub(crate) const STRING: u32 = 1;
const BOOL: u32 = 2;
const INT: u32 = 3;
const DOUBLE: u32 = 4;
const ARRAY: u32 = 5;
const MAP: u32 = 6;
const BYTES: u32 = 7;

/// The one field of `ArrayValue` and `KeyValueList`.
const VALUES: u32 = 1;

/// `KeyValue.key` and `KeyValue.value`.
const KEY: u32 = 1;
const VALUE: u32 = 2;

impl Value<'_> {
    /// Appends the content of an `AnyValue` message.
    pub(crate) fn encode(&self, out: &mut Vec<u8>, limits: &Limits) {
        self.encode_at(out, limits, 1);
    }

    fn encode_at(&self, out: &mut Vec<u8>, limits: &Limits, depth: u32) {
        match self {
            Value::Empty => {}
            Value::Str(text) => wire::put_bytes(out, STRING, limits.clip(text).as_bytes()),
            Value::Bool(value) => wire::put_varint_field(out, BOOL, u64::from(*value)),
            Value::Int(value) => wire::put_varint_field(out, INT, value.cast_unsigned()),
            Value::Double(value) => wire::put_fixed64(out, DOUBLE, value.to_bits()),
            Value::Bytes(bytes) => wire::put_bytes(out, BYTES, limits.clip_bytes(bytes)),
            // Deeper than the limit: an empty value in its place (OpenTelemetry SDK, value depth limit).
            Value::Array(_) | Value::Map(_) if depth > limits.value_depth => {}
            Value::Array(values) => put_nested(out, ARRAY, |out| {
                for value in values {
                    put_nested(out, VALUES, |out| value.encode_at(out, limits, depth + 1));
                }
            }),
            Value::Map(entries) => put_nested(out, MAP, |out| {
                for (key, value) in last_of_each_key(entries) {
                    put_nested(out, VALUES, |out| {
                        wire::put_bytes(out, KEY, key.as_bytes());
                        put_nested(out, VALUE, |out| value.encode_at(out, limits, depth + 1));
                    });
                }
            }),
        }
    }
}

type Entries<'a> = [(Cow<'a, str>, Value<'a>)];

/// Up to so many entries it is quicker to look through those that follow than to build a table.
const FEW: usize = 16;

/// The entries without those whose key comes again later.
fn last_of_each_key<'a, 'b>(entries: &'b Entries<'a>) -> impl Iterator<Item = &'b (Cow<'a, str>, Value<'a>)> {
    let last: HashMap<&str, usize> = if entries.len() > FEW {
        entries.iter().enumerate().map(|(index, (key, _))| (key.as_ref(), index)).collect()
    } else {
        HashMap::new()
    };
    entries.iter().enumerate().filter_map(move |(index, entry)| {
        let key = entry.0.as_ref();
        let is_last = match last.get(key) {
            Some(last) => *last == index,
            None => entries[index + 1..].iter().all(|(later, _)| later != key),
        };
        is_last.then_some(entry)
    })
}

macro_rules! from {
    ($($type:ty => |$value:ident| $make:expr;)*) => {$(
        impl<'a> From<$type> for Value<'a> {
            #[inline]
            fn from($value: $type) -> Self {
                $make
            }
        }
    )*};
}

from! {
    &'a str => |v| Value::Str(Cow::Borrowed(v));
    &'a String => |v| Value::Str(Cow::Borrowed(v));
    String => |v| Value::Str(Cow::Owned(v));
    Cow<'a, str> => |v| Value::Str(v);
    bool => |v| Value::Bool(v);
    i8 => |v| Value::Int(v.into());
    i16 => |v| Value::Int(v.into());
    i32 => |v| Value::Int(v.into());
    i64 => |v| Value::Int(v);
    u8 => |v| Value::Int(v.into());
    u16 => |v| Value::Int(v.into());
    u32 => |v| Value::Int(v.into());
    u64 => |v| i64::try_from(v).map_or_else(|_| Value::Str(Cow::Owned(v.to_string())), Value::Int);
    isize => |v| Value::Int(v as i64);
    usize => |v| Value::from(v as u64);
    f32 => |v| Value::Double(v.into());
    f64 => |v| Value::Double(v);
    &'a [u8] => |v| Value::Bytes(Cow::Borrowed(v));
    Vec<u8> => |v| Value::Bytes(Cow::Owned(v));
    Vec<Value<'a>> => |v| Value::Array(v);
    Vec<&'a str> => |v| v.into_iter().collect();
    Vec<String> => |v| v.into_iter().collect();
    Vec<i64> => |v| v.into_iter().collect();
    Vec<f64> => |v| v.into_iter().collect();
    Vec<bool> => |v| v.into_iter().collect();
    &'a [&'a str] => |v| v.iter().copied().collect();
    &'a [String] => |v| v.iter().collect();
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    /// `None` is [`Value::Empty`].
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Empty, Into::into)
    }
}

impl<'a, T: Into<Value<'a>>, const N: usize> From<[T; N]> for Value<'a> {
    fn from(values: [T; N]) -> Self {
        values.into_iter().collect()
    }
}

impl<'a, T: Into<Value<'a>>> FromIterator<T> for Value<'a> {
    /// A list.
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Value::Array(values.into_iter().map(Into::into).collect())
    }
}
