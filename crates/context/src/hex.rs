//! Lowercase hexadecimal digits, the only ones that trace context knows.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Writes `bytes` as digits into `text`, which is twice as long.
pub(crate) fn encode(bytes: &[u8], text: &mut [u8]) {
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 0xf)];
    }
}

/// Reads `2 * N` digits. The error is the position of the first byte that is none; where `text` is too
/// short, its length.
pub(crate) fn decode<const N: usize>(text: &[u8]) -> Result<[u8; N], usize> {
    let mut bytes = [0; N];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = digit(text, 2 * index)? << 4 | digit(text, 2 * index + 1)?;
    }
    Ok(bytes)
}

fn digit(text: &[u8], at: usize) -> Result<u8, usize> {
    match text.get(at) {
        Some(digit @ b'0'..=b'9') => Ok(digit - b'0'),
        Some(digit @ b'a'..=b'f') => Ok(digit - b'a' + 10),
        _ => Err(at),
    }
}
