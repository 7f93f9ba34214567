//! A share in parts per million.

use std::fmt;

/// A share of all traces in parts per million: 0 to 1 000 000. The default is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PerMillion(u32);

/// A number above 1 000 000 is no share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} per million is more than all; write a number from 0 to 1000000")]
pub struct PerMillionError(u32);

impl PerMillion {
    /// No trace.
    pub const ZERO: PerMillion = PerMillion(0);
    /// Every trace.
    pub const ALL: PerMillion = PerMillion(1_000_000);

    /// The share as a number, 0 to 1 000 000.
    pub const fn to_u32(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for PerMillion {
    type Error = PerMillionError;

    fn try_from(number: u32) -> Result<PerMillion, PerMillionError> {
        if number > PerMillion::ALL.0 { Err(PerMillionError(number)) } else { Ok(PerMillion(number)) }
    }
}

impl From<PerMillion> for u32 {
    fn from(rate: PerMillion) -> u32 {
        rate.0
    }
}

impl fmt::Display for PerMillion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
