//! The protobuf wire form: reading fields without copying, writing them without a schema.
//!
//! Nothing here knows a message. Fields may arrive in any order and submessages may be split
//! (protobuf encoding rules); callers deal with that.

use crate::WireError;

/// One field as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Field<'a> {
    /// The field number, never 0.
    pub(crate) number: u32,
    /// The value, by wire type.
    pub(crate) value: Value<'a>,
    /// Key and value together, as found: what a copy of this field is.
    pub(crate) raw: &'a [u8],
}

/// A value by its wire type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32(u32),
    /// The obsolete groups: legal on the wire, never in OTLP, so only skipped.
    Group,
}

/// The fields of a message, in the order in which they stand.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn new(message: &'a [u8]) -> Self {
        Fields { rest: message }
    }

    #[inline]
    fn read(&mut self) -> Result<Field<'a>, WireError> {
        let start = self.rest;
        let key = varint(&mut self.rest)?;
        let number = u32::try_from(key >> 3).ok().filter(|n| (1..=MAX_FIELD).contains(n));
        let number = number.ok_or(WireError::InvalidKey)?;
        let value = match key & 7 {
            VARINT => Value::Varint(varint(&mut self.rest)?),
            FIXED64 => Value::Fixed64(u64::from_le_bytes(array(&mut self.rest)?)),
            LEN => {
                let len = varint(&mut self.rest)?;
                let len = usize::try_from(len).map_err(|_| WireError::Truncated)?;
                Value::Bytes(take(&mut self.rest, len)?)
            }
            START_GROUP => {
                skip_group(&mut self.rest, number)?;
                Value::Group
            }
            FIXED32 => Value::Fixed32(u32::from_le_bytes(array(&mut self.rest)?)),
            _ => return Err(WireError::InvalidKey),
        };
        Ok(Field { number, value, raw: &start[..start.len() - self.rest.len()] })
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, WireError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.read();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

pub(crate) const VARINT: u64 = 0;
pub(crate) const FIXED64: u64 = 1;
pub(crate) const LEN: u64 = 2;
pub(crate) const START_GROUP: u64 = 3;
const END_GROUP: u64 = 4;
pub(crate) const FIXED32: u64 = 5;

/// Field numbers are 29 bits wide.
const MAX_FIELD: u32 = (1 << 29) - 1;

/// How deep groups may nest before the message is refused.
const MAX_GROUPS: usize = 100;

#[inline]
pub(crate) fn varint(rest: &mut &[u8]) -> Result<u64, WireError> {
    if let [first @ 0..=0x7f, tail @ ..] = *rest {
        *rest = tail;
        return Ok(u64::from(*first));
    }
    long_varint(rest)
}

fn long_varint(rest: &mut &[u8]) -> Result<u64, WireError> {
    let mut value = 0u64;
    for (i, &byte) in rest.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte < 0x80 {
            // The tenth byte has room for one bit only.
            if i == 9 && byte > 1 {
                return Err(WireError::VarintTooLong);
            }
            *rest = &rest[i + 1..];
            return Ok(value);
        }
    }
    Err(if rest.len() < 10 { WireError::Truncated } else { WireError::VarintTooLong })
}

#[inline]
pub(crate) fn take<'a>(rest: &mut &'a [u8], len: usize) -> Result<&'a [u8], WireError> {
    let (head, tail) = rest.split_at_checked(len).ok_or(WireError::Truncated)?;
    *rest = tail;
    Ok(head)
}

#[inline]
pub(crate) fn array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], WireError> {
    let (head, tail) = rest.split_first_chunk().ok_or(WireError::Truncated)?;
    *rest = tail;
    Ok(*head)
}

/// Skips to the end of group `number`, groups inside it included, without recursion.
fn skip_group(rest: &mut &[u8], number: u32) -> Result<(), WireError> {
    let mut open = vec![number];
    while let Some(&innermost) = open.last() {
        let key = varint(rest)?;
        let number = u32::try_from(key >> 3).map_err(|_| WireError::InvalidKey)?;
        match key & 7 {
            VARINT => drop(varint(rest)?),
            FIXED64 => drop(take(rest, 8)?),
            LEN => {
                let len = varint(rest)?;
                take(rest, usize::try_from(len).map_err(|_| WireError::Truncated)?)?;
            }
            START_GROUP if open.len() < MAX_GROUPS => open.push(number),
            START_GROUP => return Err(WireError::TooDeep),
            END_GROUP if number == innermost => drop(open.pop()),
            FIXED32 => drop(take(rest, 4)?),
            _ => return Err(WireError::InvalidKey),
        }
    }
    Ok(())
}

/// How many bytes `value` takes as a varint.
#[inline]
pub(crate) const fn varint_len(value: u64) -> usize {
    // 7 bits a byte, and at least one byte: (bits * 9 + 73) / 64 rounds the same way without a division by 7.
    let bits = 64 - value.leading_zeros() as usize;
    (bits * 9 + 64 + if bits == 0 { 9 } else { 0 }) / 64
}

#[inline]
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Writes `value` as a varint that fills `place` exactly, padded where it could be shorter.
#[inline]
pub(crate) fn write_varint(place: &mut [u8], mut value: u64) {
    let (last, head) = place.split_last_mut().expect("a varint has at least one byte");
    for byte in head {
        *byte = value as u8 | 0x80;
        value >>= 7;
    }
    debug_assert!(value < 0x80, "the place is too small");
    *last = value as u8;
}

#[inline]
pub(crate) fn put_key(out: &mut Vec<u8>, number: u32, wire_type: u64) {
    put_varint(out, u64::from(number) << 3 | wire_type);
}

/// Key, length and payload of a string, bytes or message field.
#[inline]
pub(crate) fn put_bytes(out: &mut Vec<u8>, number: u32, payload: &[u8]) {
    put_key(out, number, LEN);
    put_varint(out, payload.len() as u64);
    out.extend_from_slice(payload);
}

#[inline]
pub(crate) fn put_varint_field(out: &mut Vec<u8>, number: u32, value: u64) {
    put_key(out, number, VARINT);
    put_varint(out, value);
}

#[inline]
pub(crate) fn put_fixed64(out: &mut Vec<u8>, number: u32, value: u64) {
    put_key(out, number, FIXED64);
    out.extend_from_slice(&value.to_le_bytes());
}

#[inline]
pub(crate) fn put_fixed32(out: &mut Vec<u8>, number: u32, value: u32) {
    put_key(out, number, FIXED32);
    out.extend_from_slice(&value.to_le_bytes());
}

/// How many bytes [`put_bytes`] adds for a field whose key is one byte (numbers 1 to 15).
#[inline]
pub(crate) const fn short_bytes_len(payload: usize) -> usize {
    1 + varint_len(payload as u64) + payload
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_varint_reads_back_and_has_the_length_foretold(value: u64, shift in 0u32..64) {
            let value = value >> shift;
            let mut out = Vec::new();
            put_varint(&mut out, value);
            prop_assert_eq!(out.len(), varint_len(value));
            let mut rest = &out[..];
            prop_assert_eq!(varint(&mut rest).unwrap(), value);
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn hostile_bytes_never_panic_and_always_end(bytes: Vec<u8>) {
            prop_assert!(Fields::new(&bytes).count() <= bytes.len());
        }
    }

    #[test]
    fn every_wire_type_reads_and_raw_is_the_whole_field() {
        let mut out = Vec::new();
        put_varint_field(&mut out, 1, 300);
        put_fixed64(&mut out, 2, 7);
        put_bytes(&mut out, 3, b"abc");
        put_fixed32(&mut out, 16, 9);
        let fields: Vec<_> = Fields::new(&out).map(Result::unwrap).collect();
        let values: Vec<_> = fields.iter().map(|f| (f.number, f.value)).collect();
        assert_eq!(
            values,
            [
                (1, Value::Varint(300)),
                (2, Value::Fixed64(7)),
                (3, Value::Bytes(b"abc")),
                (16, Value::Fixed32(9)),
            ]
        );
        assert_eq!(fields.iter().flat_map(|f| f.raw).copied().collect::<Vec<_>>(), out);
    }

    #[test]
    fn bad_framing_is_named() {
        let cases: &[(&[u8], WireError)] = &[
            (&[0x0a, 5, 1], WireError::Truncated),
            (&[0x09, 1, 2], WireError::Truncated),
            (&[0x80], WireError::Truncated),
            (&[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], WireError::VarintTooLong),
            (&[0x00, 1], WireError::InvalidKey),
            (&[0x0e, 1], WireError::InvalidKey),
            (&[0x0c], WireError::InvalidKey),
            (&[0x0b, 0x14], WireError::InvalidKey),
            (&[0x0b; 200], WireError::TooDeep),
        ];
        for (bytes, expected) in cases {
            let error = Fields::new(bytes).find_map(Result::err);
            assert_eq!(error.as_ref(), Some(expected), "{bytes:x?}");
        }
    }

    #[test]
    fn a_group_is_skipped_whole() {
        let bytes = [0x0b, 0x13, 0x10, 1, 0x14, 0x1a, 1, 9, 0x0c, 0x10, 5];
        let fields: Vec<_> = Fields::new(&bytes).map(Result::unwrap).collect();
        assert_eq!(fields[0].value, Value::Group);
        assert_eq!(fields[0].raw, &bytes[..9]);
        assert_eq!((fields[1].number, fields[1].value), (2, Value::Varint(5)));
    }
}
