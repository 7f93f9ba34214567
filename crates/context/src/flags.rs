//! The flags of a trace context.

use std::fmt;

/// The flags of a trace context (W3C Trace Context Level 2). Bits that the standard does not define are
/// dropped on the way in, so they are never sent on.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct TraceFlags(u8);

impl TraceFlags {
    /// No flag set.
    pub const NONE: TraceFlags = TraceFlags(0);
    /// The caller may have recorded the trace.
    pub const SAMPLED: TraceFlags = TraceFlags(0x01);
    /// The last 7 bytes of the trace id were chosen at random. Unset says nothing, as older peers clear it.
    pub const RANDOM: TraceFlags = TraceFlags(0x02);

    /// The flags with these bits; undefined bits are ignored.
    #[inline]
    pub const fn from_bits(bits: u8) -> TraceFlags {
        TraceFlags(bits & (TraceFlags::SAMPLED.0 | TraceFlags::RANDOM.0))
    }

    /// The bits, as they are sent.
    #[inline]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether the sampled flag is set.
    #[inline]
    pub const fn is_sampled(self) -> bool {
        self.0 & TraceFlags::SAMPLED.0 != 0
    }

    /// Whether the random flag is set.
    #[inline]
    pub const fn is_random(self) -> bool {
        self.0 & TraceFlags::RANDOM.0 != 0
    }

    /// The same flags with the sampled one as given: what a child takes over from its parent, where the
    /// random flag belongs to the trace id and must stay.
    #[inline]
    #[must_use]
    pub const fn with_sampled(self, sampled: bool) -> TraceFlags {
        TraceFlags(self.0 & !TraceFlags::SAMPLED.0 | sampled as u8)
    }

    /// The same flags with the random one as given.
    #[inline]
    #[must_use]
    pub const fn with_random(self, random: bool) -> TraceFlags {
        TraceFlags(self.0 & !TraceFlags::RANDOM.0 | (random as u8) << 1)
    }
}

impl fmt::Debug for TraceFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceFlags({:02x})", self.0)
    }
}
