//! Base64 as OTLP/JSON has it: written with the standard alphabet and padding, read in the URL-safe one too.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of each character, [`NO_DIGIT`] for those that have none.
const VALUES: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut i = 0;
    while i < 64 {
        values[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};
const NO_DIGIT: u8 = 0xff;

/// Appends `bytes` in base64.
pub(super) fn encode(out: &mut Vec<u8>, bytes: &[u8]) {
    out.reserve(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = [0; 4];
        group[1..=chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes(group);
        let mut text = [18, 12, 6, 0].map(|shift| ALPHABET[(bits >> shift) as usize & 63]);
        text[chunk.len() + 1..].fill(b'=');
        out.extend_from_slice(&text);
    }
}

/// Appends what `text` stands for; `None` if it is not base64, with or without padding.
pub(super) fn decode(out: &mut Vec<u8>, text: &[u8]) -> Option<()> {
    let digits = match text {
        [digits @ .., b'=', b'='] if text.len().is_multiple_of(4) => digits,
        [digits @ .., b'='] if text.len().is_multiple_of(4) => digits,
        digits => digits,
    };
    out.reserve(digits.len() / 4 * 3 + 2);
    for chunk in digits.chunks(4) {
        let mut bits = 0;
        for (i, &digit) in chunk.iter().enumerate() {
            let value = VALUES[usize::from(digit)];
            if value == NO_DIGIT {
                return None;
            }
            bits |= u32::from(value) << (18 - 6 * i);
        }
        let [_, bytes @ ..] = bits.to_be_bytes();
        let len = match chunk.len() {
            1 => return None,
            digits => digits - 1,
        };
        out.extend_from_slice(&bytes[..len]);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        let mut out = Vec::new();
        encode(&mut out, bytes);
        String::from_utf8(out).unwrap()
    }

    fn decoded(text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        decode(&mut out, text.as_bytes()).map(|()| out)
    }

    /// RFC 4648, section 10.
    const VECTORS: [(&str, &str); 7] = [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ];

    #[test]
    fn the_vectors_of_the_rfc_hold_with_and_without_padding() {
        for (plain, text) in VECTORS {
            assert_eq!(encoded(plain.as_bytes()), text);
            assert_eq!(decoded(text).unwrap(), plain.as_bytes());
            assert_eq!(decoded(text.trim_end_matches('=')).unwrap(), plain.as_bytes());
        }
    }

    #[test]
    fn both_alphabets_are_read_and_the_standard_one_is_written() {
        assert_eq!(encoded(&[0xfb, 0xff]), "+/8=");
        assert_eq!(decoded("+/8=").unwrap(), [0xfb, 0xff]);
        assert_eq!(decoded("-_8").unwrap(), [0xfb, 0xff]);
    }

    #[test]
    fn every_byte_survives() {
        let bytes: Vec<u8> = (0..=255).collect();
        for len in 0..=256 {
            assert_eq!(decoded(&encoded(&bytes[..len])).unwrap(), &bytes[..len]);
        }
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for text in ["Z", "Zg=", "Zg===", "Z===", "=", "====", "Zm9vY", "Zm 9", "Zm9v!", "Zg==Zg==", "é"] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
