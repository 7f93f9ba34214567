//! Attributes as encoded `KeyValue` fields: unique keys, counted, limited.

use crate::limits::Limits;
use crate::nested::put_nested;
use crate::value::{self, Value};
use crate::wire;

/// Where a set of attributes begins in a buffer, and how many it has and lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attributes {
    start: usize,
    count: u32,
    /// Attributes that the limit kept out.
    pub(crate) dropped: u32,
}

/// `KeyValue.key` and `KeyValue.value`.
const KEY: u32 = 1;
const VALUE: u32 = 2;

impl Attributes {
    /// An empty set at the end of `out`.
    pub(crate) fn at(out: &[u8]) -> Self {
        Attributes { start: out.len(), count: 0, dropped: 0 }
    }

    /// Sets `key` in the set, which must be the last thing in `out`. `number` is the field number
    /// of the attributes in their message, below 16. A key that is there gets the new value in its old
    /// place; a new one beyond `max`, or an empty one, is counted as dropped.
    pub(crate) fn set(
        &mut self,
        out: &mut Vec<u8>,
        number: u32,
        max: u32,
        limits: &Limits,
        key: &str,
        value: &Value<'_>,
    ) {
        if let Some(old) = self.find(out, key) {
            let end = out.len();
            put(out, number, limits, key, value);
            // The new record is behind the end: bring it to the place of the old one.
            let new = out.len() - end;
            out[old.start..].rotate_right(new);
            out.drain(old.start + new..old.end + new);
        } else if self.count < max && !key.is_empty() {
            put(out, number, limits, key, value);
            self.count += 1;
        } else {
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// The bytes of the record with this key.
    #[inline]
    fn find(&self, out: &[u8], key: &str) -> Option<std::ops::Range<usize>> {
        let mut rest = &out[self.start..];
        while !rest.is_empty() {
            let start = out.len() - rest.len();
            // Written by `put`: field key, length, 0x0a, key length, key.
            rest = &rest[1..];
            let len = wire::varint(&mut rest).ok()? as usize;
            let (mut record, tail) = rest.split_at_checked(len)?;
            rest = tail;
            record = &record[1..];
            let key_len = wire::varint(&mut record).ok()? as usize;
            if record.get(..key_len) == Some(key.as_bytes()) {
                return Some(start..out.len() - rest.len());
            }
        }
        None
    }
}

/// Appends one `KeyValue` field.
#[inline]
fn put(out: &mut Vec<u8>, number: u32, limits: &Limits, key: &str, value: &Value<'_>) {
    if let Value::Str(text) = value {
        // By far the most frequent: all lengths are known, nothing is moved.
        let text = limits.clip(text).as_bytes();
        let any_value = wire::short_bytes_len(text.len());
        let record = wire::short_bytes_len(key.len()) + wire::short_bytes_len(any_value);
        out.reserve(wire::short_bytes_len(record));
        wire::put_key(out, number, wire::LEN);
        wire::put_varint(out, record as u64);
        wire::put_bytes(out, KEY, key.as_bytes());
        wire::put_key(out, VALUE, wire::LEN);
        wire::put_varint(out, any_value as u64);
        wire::put_bytes(out, value::STRING, text);
    } else {
        put_nested(out, number, |out| {
            wire::put_bytes(out, KEY, key.as_bytes());
            put_nested(out, VALUE, |out| value.encode(out, limits));
        });
    }
}
