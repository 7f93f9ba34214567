//! Percent encoding as baggage values have it.

use std::borrow::Cow;
use std::fmt;

/// Whether a byte stands for itself in a value (W3C Baggage, `baggage-octet`).
pub(crate) fn is_octet(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}

/// Whether a byte stands for itself in a value, and not for the start of an escape.
fn is_plain(byte: u8) -> bool {
    is_octet(byte) && byte != b'%'
}

/// How long `text` is once encoded, in bytes.
pub(crate) fn encoded_len(text: &str) -> usize {
    text.bytes().map(|byte| if is_plain(byte) { 1 } else { 3 }).sum()
}

/// Writes `text` encoded.
pub(crate) fn encode(text: &str, f: &mut impl fmt::Write) -> fmt::Result {
    for byte in text.bytes() {
        if is_plain(byte) {
            f.write_char(char::from(byte))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

/// What `text` stands for. A `%` that begins no escape stands for itself; bytes that are no UTF-8 become
/// U+FFFD.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        match escape(rest) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[3..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// The byte that an escape at the start of `text` stands for.
fn escape(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    // Two hexadecimal digits always fit.
    Some((digit(high)? << 4 | digit(low)?) as u8)
}
