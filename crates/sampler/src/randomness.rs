//! The random number that a trace brings along.

use telespan_context::{TraceId, TraceState};

/// How many bits a random number has.
pub(crate) const BITS: u32 = 56;

/// The last 56 bits of the trace id, which its maker chose at random.
#[inline]
pub(crate) fn of_trace_id(trace_id: TraceId) -> u64 {
    // The cast keeps the last 64 bits, of which the mask keeps 56.
    trace_id.to_u128() as u64 & ((1 << BITS) - 1)
}

/// The explicit random number of a trace: `rv:` and 14 lowercase hexadecimal digits in the member `ot`. One
/// that is malformed is as good as none.
#[cold]
pub(crate) fn explicit(trace_state: &TraceState) -> Option<u64> {
    let fields = trace_state.get("ot")?;
    let digits = fields.split(';').find_map(|field| field.strip_prefix("rv:"))?;
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if digits.len() != BITS as usize / 4 || !digits.bytes().all(hex) {
        return None;
    }
    u64::from_str_radix(digits, 16).ok()
}
