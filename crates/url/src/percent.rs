//! Percent encoding (RFC 3986, section 2).

use std::fmt;

use crate::part::Part;
use crate::{ParseUrlError, UrlProblem};

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Which bytes stand for themselves in a path: `pchar` and `/`.
const PATH_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut others: &[u8] = b"/-._~!$&'()*+,;=:@";
    while let [byte, rest @ ..] = others {
        table[*byte as usize] = true;
        others = rest;
    }
    table
};

fn is_path_byte(byte: u8) -> bool {
    PATH_BYTES[usize::from(byte)]
}

/// The bytes that a path stands for.
pub(crate) fn decode(part: Part<'_>) -> Result<Vec<u8>, ParseUrlError> {
    let bytes = part.text.as_bytes();
    let Some(first) = part.find(|byte| byte == b'%') else { return Ok(bytes.to_vec()) };
    let mut decoded = Vec::with_capacity(bytes.len());
    decoded.extend_from_slice(&bytes[..first]);
    let mut at = first;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'%' {
            decoded.push(escape(part, at)?);
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    Ok(decoded)
}

/// Refuses what must not stand in a path and query as it is sent to a server.
pub(crate) fn check(target: Part<'_>) -> Result<(), ParseUrlError> {
    for (at, byte) in target.text.bytes().enumerate() {
        if byte == b'%' {
            escape(target, at)?;
        } else if byte != b'?' && !is_path_byte(byte) {
            let character = target.text[at..].chars().next().map_or(1, char::len_utf8);
            let hint =
                format!("write this character as {}", Encoded(&target.text.as_bytes()[at..at + character]));
            return Err(target.tail(at).head(character).error(UrlProblem::UnencodedCharacter, hint));
        }
    }
    Ok(())
}

/// The byte that the escape at `at` stands for.
fn escape(part: Part<'_>, at: usize) -> Result<u8, ParseUrlError> {
    let digit =
        |offset| part.text.as_bytes().get(at + offset).and_then(|byte| char::from(*byte).to_digit(16));
    match (digit(1), digit(2)) {
        // Two hexadecimal digits always fit.
        (Some(high), Some(low)) => Ok((high << 4 | low) as u8),
        _ => Err(part.tail(at).head(1).error(
            UrlProblem::BadEscape,
            "% begins an escape of two hexadecimal digits; a percent sign itself is %25",
        )),
    }
}

/// Bytes as they stand in the path of a URL.
pub(crate) struct Encoded<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in self.0 {
            if is_path_byte(byte) {
                fmt::Write::write_char(f, char::from(byte))?;
            } else {
                let digits = [byte >> 4, byte & 0xf].map(|digit| char::from(HEX[usize::from(digit)]));
                write!(f, "%{}{}", digits[0], digits[1])?;
            }
        }
        Ok(())
    }
}
