//! Identifiers of traces and spans, never zero.

use std::fmt;
use std::num::{NonZeroU64, NonZeroU128};
use std::str::FromStr;

use crate::hex;

/// A text is no identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseIdError {
    /// Too short or too long.
    #[error("{length} bytes instead of {expected} hexadecimal digits")]
    Length {
        /// How long the text is, in bytes.
        length: usize,
        /// How long it must be.
        expected: usize,
    },
    /// A character that is no lowercase hexadecimal digit.
    #[error("no lowercase hexadecimal digit at byte {at}")]
    NotHex {
        /// Where it stands, in bytes from 0.
        at: usize,
    },
    /// All digits are zero, which identifies nothing.
    #[error("all digits are zero")]
    Zero,
}

/// Identifies a trace: 16 bytes, not all zero. Shown as 32 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceId(NonZeroU128);

/// Identifies a span within its trace: 8 bytes, not all zero. Shown as 16 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanId(NonZeroU64);

impl TraceId {
    /// The identifier with this value, `None` for zero.
    #[inline]
    pub const fn new(value: u128) -> Option<TraceId> {
        match NonZeroU128::new(value) {
            Some(value) => Some(TraceId(value)),
            None => None,
        }
    }

    /// The identifier with these bytes, most significant first; `None` if all are zero.
    #[inline]
    pub const fn from_bytes(bytes: [u8; 16]) -> Option<TraceId> {
        TraceId::new(u128::from_be_bytes(bytes))
    }

    /// The bytes, most significant first.
    #[inline]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.get().to_be_bytes()
    }

    /// The identifier as a number, never 0.
    #[inline]
    pub const fn to_u128(self) -> u128 {
        self.0.get()
    }
}

impl SpanId {
    /// The identifier with this value, `None` for zero.
    #[inline]
    pub const fn new(value: u64) -> Option<SpanId> {
        match NonZeroU64::new(value) {
            Some(value) => Some(SpanId(value)),
            None => None,
        }
    }

    /// The identifier with these bytes, most significant first; `None` if all are zero.
    #[inline]
    pub const fn from_bytes(bytes: [u8; 8]) -> Option<SpanId> {
        SpanId::new(u64::from_be_bytes(bytes))
    }

    /// The bytes, most significant first.
    #[inline]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.get().to_be_bytes()
    }

    /// The identifier as a number, never 0.
    #[inline]
    pub const fn to_u64(self) -> u64 {
        self.0.get()
    }
}

impl FromStr for TraceId {
    type Err = ParseIdError;

    /// Reads exactly 32 lowercase hexadecimal digits.
    fn from_str(text: &str) -> Result<TraceId, ParseIdError> {
        TraceId::from_bytes(parse(text)?).ok_or(ParseIdError::Zero)
    }
}

impl FromStr for SpanId {
    type Err = ParseIdError;

    /// Reads exactly 16 lowercase hexadecimal digits.
    fn from_str(text: &str) -> Result<SpanId, ParseIdError> {
        SpanId::from_bytes(parse(text)?).ok_or(ParseIdError::Zero)
    }
}

fn parse<const N: usize>(text: &str) -> Result<[u8; N], ParseIdError> {
    if text.len() != 2 * N {
        return Err(ParseIdError::Length { length: text.len(), expected: 2 * N });
    }
    hex::decode(text.as_bytes()).map_err(|at| ParseIdError::NotHex { at })
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceId({self})")
    }
}

impl fmt::Debug for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpanId({self})")
    }
}
