//! Values as JSON text: strings, ids, numbers.

use std::str;

use super::base64;

/// Appends `bytes` as a JSON string. What is not UTF-8 in them becomes U+FFFD.
#[inline]
pub(super) fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    if is_plain(bytes) {
        out.reserve(bytes.len() + 2);
        out.push(b'"');
        out.extend_from_slice(bytes);
        out.push(b'"');
    } else {
        escaped(out, bytes);
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Whether all bytes are ASCII that JSON takes as it is. Eight bytes at a time; most text is plain.
#[inline]
fn is_plain(bytes: &[u8]) -> bool {
    if let Some(last) = bytes.last_chunk::<8>() {
        // The last word overlaps the one before it, so no shorter tail is left.
        let mut odd = odd_bytes(u64::from_le_bytes(*last));
        for word in bytes.as_chunks::<8>().0 {
            odd |= odd_bytes(u64::from_le_bytes(*word));
        }
        odd == 0
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let word = u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
        odd_bytes(word) == 0
    } else {
        bytes.iter().all(|&byte| byte < 0x80 && ESCAPES[usize::from(byte)] == 0)
    }
}

/// Not zero if any byte of the word is a control character, `"`, `\` or not ASCII.
#[inline]
fn odd_bytes(word: u64) -> u64 {
    // A subtraction borrows into the next byte only from a byte that is odd itself.
    let control = word.wrapping_sub(ONES * 0x20);
    let quote = (word ^ (ONES * u64::from(b'"'))).wrapping_sub(ONES);
    let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
    (control | quote | backslash | word) & HIGHS
}

/// How each byte is escaped: 0 not at all, `u` as a code point, anything else as itself behind a backslash.
const ESCAPES: [u8; 256] = {
    let mut escapes = [0; 256];
    let mut i = 0;
    while i < 0x20 {
        escapes[i] = b'u';
        i += 1;
    }
    escapes[b'\n' as usize] = b'n';
    escapes[b'\r' as usize] = b'r';
    escapes[b'\t' as usize] = b't';
    escapes[0x08] = b'b';
    escapes[0x0c] = b'f';
    escapes[b'"' as usize] = b'"';
    escapes[b'\\' as usize] = b'\\';
    escapes
};

#[cold]
fn escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    let replaced;
    let text = match str::from_utf8(bytes) {
        Ok(text) => text.as_bytes(),
        Err(_) => {
            replaced = String::from_utf8_lossy(bytes);
            replaced.as_bytes()
        }
    };
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| ESCAPES[usize::from(byte)] != 0) {
        out.extend_from_slice(&rest[..at]);
        match ESCAPES[usize::from(rest[at])] {
            b'u' => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&HEX[usize::from(rest[at])]);
            }
            letter => out.extend_from_slice(&[b'\\', letter]),
        }
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// The two hex digits of every byte.
const HEX: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = [digits[i >> 4], digits[i & 15]];
        i += 1;
    }
    table
};

/// Appends an id in hex, as a JSON string.
#[inline]
pub(super) fn id(out: &mut Vec<u8>, bytes: &[u8]) {
    if let Ok(bytes) = <&[u8; 16]>::try_from(bytes) {
        hex::<16, 34>(out, bytes);
    } else if let Ok(bytes) = <&[u8; 8]>::try_from(bytes) {
        hex::<8, 18>(out, bytes);
    } else {
        out.push(b'"');
        out.extend(bytes.iter().flat_map(|&byte| HEX[usize::from(byte)]));
        out.push(b'"');
    }
}

/// An id of `N` bytes, `TEXT` characters with its quotes: built aside and appended at once.
#[inline]
fn hex<const N: usize, const TEXT: usize>(out: &mut Vec<u8>, bytes: &[u8; N]) {
    let mut text = [b'"'; TEXT];
    for (pair, &byte) in text[1..].as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = HEX[usize::from(byte)];
    }
    out.extend_from_slice(&text);
}

/// Appends bytes in base64, as a JSON string.
pub(super) fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    base64::encode(out, bytes);
    out.push(b'"');
}

#[inline]
pub(super) fn boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Appends an integer of at most 32 bits, a JSON number.
#[inline]
pub(super) fn integer(out: &mut Vec<u8>, value: impl itoa::Integer) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends a 64-bit integer: a JSON string, since readers may hold numbers as doubles.
#[inline]
pub(super) fn quoted(out: &mut Vec<u8>, value: impl itoa::Integer) {
    out.push(b'"');
    integer(out, value);
    out.push(b'"');
}

/// Appends a double: a JSON number, or a string if it is not finite.
pub(super) fn double(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    } else if value.is_nan() {
        out.extend_from_slice(b"\"NaN\"");
    } else if value > 0.0 {
        out.extend_from_slice(b"\"Infinity\"");
    } else {
        out.extend_from_slice(b"\"-Infinity\"");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(bytes: &[u8]) -> String {
        let mut out = Vec::new();
        string(&mut out, bytes);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_character_is_escaped_or_not_wherever_it_stands() {
        for len in 1..=24 {
            for (at, byte) in (0..len).flat_map(|at| (0..0x80).map(move |byte| (at, byte))) {
                let mut bytes = vec![b'x'; len];
                bytes[at] = byte;
                let plain = String::from_utf8(bytes).unwrap();
                assert_eq!(text(plain.as_bytes()), serde_json::to_string(&plain).unwrap());
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_escaped_as_serde_json_does(plain: String) {
            prop_assert_eq!(text(plain.as_bytes()), serde_json::to_string(&plain).unwrap());
        }

        #[test]
        fn any_bytes_become_text(before in "[a-z]{0,12}", bytes: Vec<u8>) {
            let bytes = [before.as_bytes(), &bytes].concat();
            let read: String = serde_json::from_str(&text(&bytes)).unwrap();
            prop_assert_eq!(read, String::from_utf8_lossy(&bytes));
        }
    }
}
