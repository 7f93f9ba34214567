//! Strings of JSON, and what their escapes stand for.

/// A string as it stands between its quotes, its escapes known to be valid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'a> {
    raw: &'a [u8],
    escaped: bool,
}

impl<'a> Text<'a> {
    /// `raw` is free of quotes and control characters, and each backslash in it begins an escape of JSON.
    pub(super) fn new(raw: &'a [u8], escaped: bool) -> Self {
        Text { raw, escaped }
    }

    /// Appends what the string says, as UTF-8: lone surrogates and bytes that are not UTF-8 become U+FFFD.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let mut rest = self.raw;
        while self.escaped
            && let Some(at) = memchr::memchr(b'\\', rest)
        {
            put_lossy(out, &rest[..at]);
            let (char, len) = unescape(&rest[at + 1..]);
            out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
            rest = &rest[at + 1 + len..];
        }
        put_lossy(out, rest);
    }

    /// What the string says, written to `buffer` only if it is not what stands in the text.
    pub(super) fn bytes<'b>(self, buffer: &'b mut Vec<u8>) -> &'b [u8]
    where
        'a: 'b,
    {
        if !self.escaped {
            return self.raw;
        }
        buffer.clear();
        self.write(buffer);
        buffer
    }
}

fn put_lossy(out: &mut Vec<u8>, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(_) => out.extend_from_slice(bytes),
        Err(_) => out.extend_from_slice(String::from_utf8_lossy(bytes).as_bytes()),
    }
}

/// The character of an escape, and how many bytes it takes behind its backslash.
fn unescape(escape: &[u8]) -> (char, usize) {
    let simple = match escape.first() {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unescape_unicode(escape),
        Some(&other) => char::from(other),
        None => return (char::REPLACEMENT_CHARACTER, 0),
    };
    (simple, 1)
}

fn unescape_unicode(escape: &[u8]) -> (char, usize) {
    let first = code_unit(escape);
    if let (0xd800..0xdc00, [b'\\', second @ ..]) = (first, &escape[5..]) {
        let low = if second.first() == Some(&b'u') { code_unit(second) } else { 0 };
        if (0xdc00..0xe000).contains(&low) {
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00);
            return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11);
        }
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 5)
}

/// The four hex digits behind the `u`.
fn code_unit(escape: &[u8]) -> u32 {
    let digits = escape[1..5].iter().map(|&digit| char::from(digit).to_digit(16).unwrap_or(0));
    digits.fold(0, |code, digit| code << 4 | digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(raw: &[u8]) -> String {
        let mut out = Vec::new();
        Text::new(raw, raw.contains(&b'\\')).write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_escape_says_its_character() {
        let cases: &[(&[u8], &str)] = &[
            (b"", ""),
            (b"plain \xc3\xa9", "plain é"),
            (br#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (br"a\u0041\u00e9\u20AC\u0000z", "aAé€\0z"),
            (br"\ud83d\uDE00!", "😀!"),
        ];
        for (raw, expected) in cases {
            assert_eq!(said(raw), *expected);
        }
    }

    #[test]
    fn what_is_no_text_is_replaced() {
        let cases: &[(&[u8], &str)] = &[
            (br"\ud83d", "\u{fffd}"),
            (br"\ude00x", "\u{fffd}x"),
            (br"\ud83dx", "\u{fffd}x"),
            (br"\ud83d\n", "\u{fffd}\n"),
            (br"\ud83d\u0041", "\u{fffd}A"),
            (br"\ud83d\ud83d\ude00", "\u{fffd}😀"),
            (b"a\xffb", "a\u{fffd}b"),
            (b"\xc3\\n\xa9", "\u{fffd}\n\u{fffd}"),
        ];
        for (raw, expected) in cases {
            assert_eq!(said(raw), *expected);
        }
    }
}
