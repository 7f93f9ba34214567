//! Values of JSON to fields, each kind by its rules.

use super::decode::Decoder;
use super::reader::{Reader, Start};
use super::text::Text;
use super::{JsonError, JsonProblem, base64, number};
use crate::schema::{Field, Kind, Label, Message};
use crate::{nested, wire};

/// One member of an object, on its way to a field.
pub(super) struct Member<'d, 'a> {
    pub(super) decoder: &'d mut Decoder<'a>,
    pub(super) message: &'static Message,
    pub(super) field: &'static Field,
    pub(super) depth: usize,
}

impl<'a> Member<'_, 'a> {
    /// Reads the value and writes the field; `start` is what the value begins as.
    pub(super) fn read(&mut self, start: Start) -> Result<(), JsonError> {
        if self.field.label != Label::Repeated {
            return self.value(start);
        }
        if start != Start::Array {
            return Err(self.wrong_type("an array"));
        }
        self.decoder.reader.enter()?;
        while self.decoder.reader.next_element()? {
            let start = self.decoder.reader.start()?;
            self.value(start)?;
        }
        Ok(())
    }

    fn value(&mut self, start: Start) -> Result<(), JsonError> {
        match self.field.kind {
            Kind::Message(inner) => self.submessage(inner, start),
            Kind::String => self.payload(start, "a string", |out, text| {
                text.write(out);
                Some(())
            }),
            Kind::Id => self.payload(start, "a string of hex digits", |out, text| {
                put_id(out, text.bytes(&mut Vec::new()))
            }),
            Kind::Bytes => self.payload(start, "a string in base64", |out, text| {
                base64::decode(out, text.bytes(&mut Vec::new()))
            }),
            Kind::Bool => self.boolean(start),
            Kind::Double => self.double(start),
            Kind::Int32 => self.integer::<i32>(start, "an integer of 32 bits", |v| i64::from(v) as u64),
            Kind::Int64 => self.integer::<i64>(start, "an integer of 64 bits", |v| v as u64),
            Kind::Uint32 | Kind::Fixed32 => {
                self.integer::<u32>(start, "an integer of 32 bits, not negative", u64::from)
            }
            Kind::Fixed64 => self.integer::<u64>(start, "an integer of 64 bits, not negative", |v| v),
            Kind::Enum(names) => self.enumeration(start, names),
        }
    }

    fn submessage(&mut self, inner: &'static Message, start: Start) -> Result<(), JsonError> {
        if start != Start::Object {
            return Err(self.wrong_type("an object"));
        }
        let at = nested::begin(&mut self.decoder.out, self.field.number);
        self.decoder.object(inner, self.depth - 1)?;
        nested::end(&mut self.decoder.out, at);
        Ok(())
    }

    /// A value that is a string in JSON and bytes on the wire.
    fn payload(
        &mut self,
        start: Start,
        expected: &'static str,
        put: impl FnOnce(&mut Vec<u8>, Text<'a>) -> Option<()>,
    ) -> Result<(), JsonError> {
        let offset = self.decoder.reader.offset();
        if start != Start::String {
            return Err(self.wrong_type(expected));
        }
        let text = self.decoder.reader.string()?;
        let out = &mut self.decoder.out;
        let before = out.len();
        let at = nested::begin(out, self.field.number);
        if put(out, text).is_none() {
            return Err(self.wrong_type_at(offset, expected));
        }
        if out.len() == at && self.field.label == Label::Singular {
            out.truncate(before);
        } else {
            nested::end(out, at);
        }
        Ok(())
    }

    fn boolean(&mut self, start: Start) -> Result<(), JsonError> {
        let value = match start {
            Start::True => self.decoder.reader.word("true").map(|()| 1)?,
            Start::False => self.decoder.reader.word("false").map(|()| 0)?,
            _ => return Err(self.wrong_type("`true` or `false`")),
        };
        self.put(value, wire::put_varint_field);
        Ok(())
    }

    fn double(&mut self, start: Start) -> Result<(), JsonError> {
        let value =
            self.word_or_number(start, "a number, `NaN`, `Infinity` or `-Infinity`", |text| match text {
                b"NaN" => Some(f64::NAN),
                b"Infinity" => Some(f64::INFINITY),
                b"-Infinity" => Some(f64::NEG_INFINITY),
                number => Reader::whole_number(number)?.parse().ok().filter(|value: &f64| value.is_finite()),
            })?;
        self.put(value.to_bits(), wire::put_fixed64);
        Ok(())
    }

    fn integer<T: TryFrom<i128>>(
        &mut self,
        start: Start,
        expected: &'static str,
        bits: impl FnOnce(T) -> u64,
    ) -> Result<(), JsonError> {
        let value = self.word_or_number(start, expected, |text| {
            T::try_from(number::integer(Reader::whole_number(text)?)?).ok()
        })?;
        match self.field.kind {
            Kind::Fixed32 => {
                self.put(bits(value), |out, number, bits| wire::put_fixed32(out, number, bits as u32));
            }
            Kind::Fixed64 => self.put(bits(value), wire::put_fixed64),
            _ => self.put(bits(value), wire::put_varint_field),
        }
        Ok(())
    }

    fn enumeration(&mut self, start: Start, names: &'static [&'static str]) -> Result<(), JsonError> {
        const EXPECTED: &str = "an integer of 32 bits or the name of a value";
        if start == Start::Number {
            return self.integer::<i32>(start, EXPECTED, |value| i64::from(value) as u64);
        }
        let value = self
            .word_or_number(start, EXPECTED, |text| names.iter().position(|name| name.as_bytes() == text))?;
        self.put(value as u64, wire::put_varint_field);
        Ok(())
    }

    /// What `read` makes of a bare number, or of what stands in quotes.
    fn word_or_number<T>(
        &mut self,
        start: Start,
        expected: &'static str,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T, JsonError> {
        let offset = self.decoder.reader.offset();
        let value = match start {
            Start::Number => read(self.decoder.reader.number()?),
            Start::String => read(self.decoder.reader.string()?.bytes(&mut self.decoder.scratch)),
            _ => None,
        };
        value.ok_or_else(|| self.wrong_type_at(offset, expected))
    }

    /// Writes a number, unless it is a default that says nothing.
    fn put(&mut self, value: u64, put: impl FnOnce(&mut Vec<u8>, u32, u64)) {
        if value != 0 || self.field.label == Label::OneOf {
            put(&mut self.decoder.out, self.field.number, value);
        }
    }

    fn wrong_type(&mut self, expected: &'static str) -> JsonError {
        let offset = self.decoder.reader.offset();
        self.wrong_type_at(offset, expected)
    }

    fn wrong_type_at(&self, offset: usize, expected: &'static str) -> JsonError {
        let (message, member) = (self.message.name, self.field.name);
        JsonError::new(offset, JsonProblem::WrongType { message, member, expected })
    }
}

/// An id: hex, or the padded base64 of the stock protobuf mapping. Ids are no multiple of three bytes, so their base64
/// ends in `=`, which is no hex digit.
fn put_id(out: &mut Vec<u8>, text: &[u8]) -> Option<()> {
    if text.ends_with(b"=") {
        return base64::decode(out, text);
    }
    let (pairs, odd) = text.as_chunks::<2>();
    for &[high, low] in pairs {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        out.push((digit(high)? << 4 | digit(low)?) as u8);
    }
    odd.is_empty().then_some(())
}
