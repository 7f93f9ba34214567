//! A pull reader of JSON (RFC 8259): bounded depth, no allocation, values as slices of the text.

use super::text::Text;
use super::{JsonError, JsonProblem};

/// How many objects and arrays may be open at once, known and unknown ones alike. Room for the deepest message.
pub(super) const MAX_NESTING: usize = 250;

/// Reads one JSON text from front to back. The caller says what it expects; nothing is read twice.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    open: usize,
    /// Just behind the bracket that opens an object or array, so that no comma is due.
    fresh: bool,
}

/// What a value begins as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Reader { text, at: 0, open: 0, fresh: false }
    }

    /// The first byte of the next value; nothing is consumed but white space.
    pub(super) fn offset(&mut self) -> usize {
        self.skip_space();
        self.at
    }

    /// What the next value is.
    pub(super) fn start(&mut self) -> Result<Start, JsonError> {
        Ok(match self.peek() {
            Some(b'{') => Start::Object,
            Some(b'[') => Start::Array,
            Some(b'"') => Start::String,
            Some(b'-' | b'0'..=b'9') => Start::Number,
            Some(b't') => Start::True,
            Some(b'f') => Start::False,
            Some(b'n') => Start::Null,
            _ => return Err(self.expected("a value")),
        })
    }

    /// Enters the object or array that [`start`](Self::start) has announced.
    pub(super) fn enter(&mut self) -> Result<(), JsonError> {
        if self.open == MAX_NESTING {
            return Err(JsonError::new(self.at, JsonProblem::TooDeep));
        }
        self.open += 1;
        self.at += 1;
        self.fresh = true;
        Ok(())
    }

    /// In an object: the next key, its colon passed; `None` at the end, which is passed too.
    pub(super) fn next_key(&mut self) -> Result<Option<Text<'a>>, JsonError> {
        if !self.next_item(b'}', "`,` or `}`")? {
            return Ok(None);
        }
        if self.peek() != Some(b'"') {
            return Err(self.expected("a key in quotes"));
        }
        let key = self.string()?;
        if self.peek() != Some(b':') {
            return Err(self.expected("`:`"));
        }
        self.at += 1;
        Ok(Some(key))
    }

    /// In an array: whether there is one more element; its end is passed.
    pub(super) fn next_element(&mut self) -> Result<bool, JsonError> {
        self.next_item(b']', "`,` or `]`")
    }

    fn next_item(&mut self, end: u8, expected: &'static str) -> Result<bool, JsonError> {
        let fresh = std::mem::take(&mut self.fresh);
        match self.peek() {
            Some(byte) if byte == end => {
                self.at += 1;
                self.open -= 1;
                Ok(false)
            }
            Some(b',') if !fresh => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if fresh => Ok(true),
            _ => Err(self.expected(expected)),
        }
    }

    /// The string that [`start`](Self::start) has announced.
    pub(super) fn string(&mut self) -> Result<Text<'a>, JsonError> {
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.iter().position(|&byte| ENDS_TEXT[usize::from(byte)]).unwrap_or(rest.len());
            match self.text.get(self.at) {
                Some(b'"') => {
                    let raw = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(Text::new(raw, escaped));
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return Err(self.expected("an escape in place of a control character")),
                None => return Err(self.truncated()),
            }
        }
    }

    /// Passes one escape, from its backslash on.
    fn escape(&mut self) -> Result<(), JsonError> {
        self.at += 1;
        match self.text.get(self.at) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.text.get(self.at).is_some_and(u8::is_ascii_hexdigit) {
                        return Err(self.expected("four hex digits"));
                    }
                    self.at += 1;
                }
            }
            _ => return Err(self.expected("one of the escapes of JSON")),
        }
        Ok(())
    }

    /// The number that [`start`](Self::start) has announced, as it is written.
    pub(super) fn number(&mut self) -> Result<&'a [u8], JsonError> {
        let start = self.at;
        self.eat(b"-");
        if !self.eat(b"0") {
            self.digits()?;
        }
        if self.eat(b".") {
            self.digits()?;
        }
        if self.eat(b"eE") {
            self.eat(b"+-");
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    /// The whole text as one number, without white space: what a number in quotes must be.
    pub(super) fn whole_number(text: &'a [u8]) -> Option<&'a str> {
        let number = Reader::new(text).number().ok()?;
        std::str::from_utf8(number).ok().filter(|_| number.len() == text.len())
    }

    fn eat(&mut self, any: &[u8]) -> bool {
        let found = self.text.get(self.at).is_some_and(|byte| any.contains(byte));
        self.at += usize::from(found);
        found
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let rest = &self.text[self.at..];
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return Err(self.expected("a digit"));
        }
        self.at += count;
        Ok(())
    }

    /// `true`, `false` or `null`, as [`start`](Self::start) has announced.
    pub(super) fn word(&mut self, word: &'static str) -> Result<(), JsonError> {
        let rest = &self.text[self.at..];
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(())
        } else if word.as_bytes().starts_with(rest) {
            Err(self.truncated())
        } else {
            Err(self.expected("`true`, `false` or `null`"))
        }
    }

    /// Passes one value, whatever it is.
    pub(super) fn skip_value(&mut self) -> Result<(), JsonError> {
        match self.start()? {
            Start::Object => {
                self.enter()?;
                while self.next_key()?.is_some() {
                    self.skip_value()?;
                }
                Ok(())
            }
            Start::Array => {
                self.enter()?;
                while self.next_element()? {
                    self.skip_value()?;
                }
                Ok(())
            }
            Start::String => self.string().map(drop),
            Start::Number => self.number().map(drop),
            Start::True => self.word("true"),
            Start::False => self.word("false"),
            Start::Null => self.word("null"),
        }
    }

    /// Checks that only white space is left.
    pub(super) fn finish(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.expected("nothing after the value")),
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.skip_space();
        self.text.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.get(self.at) {
            self.at += 1;
        }
    }

    fn truncated(&self) -> JsonError {
        JsonError::new(self.text.len(), JsonProblem::Truncated)
    }

    /// Something else stands here, or nothing more.
    fn expected(&self, expected: &'static str) -> JsonError {
        if self.at >= self.text.len() {
            return self.truncated();
        }
        JsonError::new(self.at, JsonProblem::Syntax { expected })
    }
}

/// The bytes at which the plain text of a string ends: `"`, `\` and control characters.
const ENDS_TEXT: [bool; 256] = {
    let mut ends = [false; 256];
    let mut i = 0;
    while i < 0x20 {
        ends[i] = true;
        i += 1;
    }
    ends[b'"' as usize] = true;
    ends[b'\\' as usize] = true;
    ends
};

#[cfg(test)]
mod tests;
