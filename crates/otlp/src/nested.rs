//! Writing a submessage whose length is known only when it stands.

use crate::wire;

/// Writes field `number`, with what `payload` writes as its payload.
pub(crate) fn put_nested<R>(out: &mut Vec<u8>, number: u32, payload: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    let at = begin(out, number);
    let result = payload(out);
    end(out, at);
    result
}

/// Writes the key of field `number` and room for a length; [`end`] takes what this returns.
pub(crate) fn begin(out: &mut Vec<u8>, number: u32) -> usize {
    wire::put_key(out, number, wire::LEN);
    out.push(0);
    out.len()
}

/// Sets the length of the payload that began at `at` and ends here.
///
/// One byte was kept free, which is enough for most; a longer length moves the payload.
pub(crate) fn end(out: &mut Vec<u8>, at: usize) {
    let len = out.len() - at;
    if len < 0x80 {
        out[at - 1] = len as u8;
        return;
    }
    let more = wire::varint_len(len as u64) - 1;
    out.resize(out.len() + more, 0);
    out.copy_within(at..at + len, at + more);
    let mut rest = len;
    for byte in &mut out[at - 1..at + more] {
        *byte = rest as u8 | 0x80;
        rest >>= 7;
    }
    out[at - 1 + more] &= 0x7f;
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
