//! Writing a submessage whose length is known only when it stands.

use crate::wire;

/// Writes field `number`, with what `payload` writes as its payload.
#[inline]
pub(crate) fn put_nested<R>(out: &mut Vec<u8>, number: u32, payload: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    put_nested_wide::<1, R>(out, number, payload)
}

/// The same with `WIDTH` bytes kept for the length, which is padded where it is shorter.
#[inline]
pub(crate) fn put_nested_wide<const WIDTH: usize, R>(
    out: &mut Vec<u8>,
    number: u32,
    payload: impl FnOnce(&mut Vec<u8>) -> R,
) -> R {
    let at = begin_wide::<WIDTH>(out, number);
    let result = payload(out);
    end_wide::<WIDTH>(out, at);
    result
}

/// Writes the key of field `number` and room for a length; [`end`] takes what this returns.
pub(crate) fn begin(out: &mut Vec<u8>, number: u32) -> usize {
    begin_wide::<1>(out, number)
}

/// Sets the length of the payload that began at `at` and ends here.
///
/// One byte was kept free, which is enough for most; a longer length moves the payload.
pub(crate) fn end(out: &mut Vec<u8>, at: usize) {
    end_wide::<1>(out, at);
}

#[inline]
fn begin_wide<const WIDTH: usize>(out: &mut Vec<u8>, number: u32) -> usize {
    wire::put_key(out, number, wire::LEN);
    out.extend_from_slice(&[0; WIDTH]);
    out.len()
}

#[inline]
fn end_wide<const WIDTH: usize>(out: &mut Vec<u8>, at: usize) {
    let len = out.len() - at;
    let width = WIDTH.max(wire::varint_len(len as u64));
    if width > WIDTH {
        out.resize(out.len() + width - WIDTH, 0);
        out.copy_within(at..at + len, at + width - WIDTH);
    }
    let from = at - WIDTH;
    wire::write_varint(&mut out[from..from + width], len as u64);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_payload_of_any_length_equals_one_written_with_its_length_known() {
        for len in [0, 1, 127, 128, 129, 16_383, 16_384, 2_097_152] {
            let payload: Vec<u8> = (0..len).map(|i| i as u8).collect();
            let (mut nested, mut plain) = (vec![9], vec![9]);
            put_nested(&mut nested, 16, |out| out.extend_from_slice(&payload));
            wire::put_bytes(&mut plain, 16, &payload);
            assert!(nested == plain, "length {len}");
        }
    }
}
