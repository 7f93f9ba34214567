//! JSON text to OTLP bytes, driven by the schema.

use super::reader::{Reader, Start};
use super::text::Text;
use super::{JsonError, JsonProblem, base64, number};
use crate::canonical::{self, MAX_DEPTH};
use crate::schema::{Field, Kind, Label, Message, RESOURCE_SPANS, SPAN, TRACES_DATA};
use crate::{Batch, nested, wire};

/// Reads one OTLP/JSON object, `TracesData` or `ExportTraceServiceRequest`, with any number of spans. The bytes of the
/// batch are in canonical order, whatever order the text has.
///
/// A bare `ResourceSpans` object is read too, with ids in base64 and enum values by name: the lines of Teleport's
/// trace files.
///
/// As OTLP asks, unknown members are ignored at every level, and so are snake_case names; `null` is the same as an
/// absent member; integers may be numbers or strings, in exponent form too; ids are hex in either case; base64 may have
/// either alphabet, with or without padding. Lone surrogates and bytes that are not UTF-8 become U+FFFD.
///
/// # Errors
/// The text is not one JSON object, a known member has a value of the wrong type or out of range, a member is given
/// twice, or objects are nested too deeply. White space may stand around the object, nothing else.
pub fn parse(text: &[u8]) -> Result<Batch, JsonError> {
    let mut decoder = Decoder::new(text);
    if is_bare_resource_spans(text)? {
        let at = nested::begin(&mut decoder.out, 1);
        decoder.root(&RESOURCE_SPANS, MAX_DEPTH - 1)?;
        nested::end(&mut decoder.out, at);
    } else {
        decoder.root(&TRACES_DATA, MAX_DEPTH)?;
    }
    let spans = decoder.spans;
    Ok(Batch::from_parts(decoder.into_canonical(&TRACES_DATA), spans))
}

/// Reads one object as a `message`, to protobuf bytes in canonical order.
pub(super) fn parse_message(message: &'static Message, text: &[u8]) -> Result<Vec<u8>, JsonError> {
    let mut decoder = Decoder::new(text);
    decoder.root(message, MAX_DEPTH)?;
    Ok(decoder.into_canonical(message))
}

/// Whether the object at the top has the members of `ResourceSpans` and not that of `TracesData`.
fn is_bare_resource_spans(text: &[u8]) -> Result<bool, JsonError> {
    let mut reader = Reader::new(text);
    let (mut bare, mut buffer) = (false, Vec::new());
    if reader.start()? == Start::Object {
        reader.enter()?;
        while let Some(key) = reader.next_key()? {
            match key.bytes(&mut buffer) {
                b"resourceSpans" => return Ok(false),
                b"resource" | b"scopeSpans" => bare = true,
                _ => {}
            }
            reader.skip_value()?;
        }
    }
    Ok(bare)
}

struct Decoder<'a> {
    reader: Reader<'a>,
    out: Vec<u8>,
    /// Whether all messages so far came with their members in canonical order.
    ordered: bool,
    spans: usize,
    /// For strings with escapes that are looked at and not kept.
    scratch: Vec<u8>,
}

impl<'a> Decoder<'a> {
    fn new(text: &'a [u8]) -> Self {
        let out = Vec::with_capacity(text.len() / 2);
        Decoder { reader: Reader::new(text), out, ordered: true, spans: 0, scratch: Vec::new() }
    }

    /// Reads the whole text as one message.
    fn root(&mut self, message: &'static Message, depth: usize) -> Result<(), JsonError> {
        if self.reader.start()? != Start::Object {
            return Err(self.syntax("an object"));
        }
        self.object(message, depth)?;
        self.reader.finish()
    }

    fn into_canonical(self, message: &'static Message) -> Vec<u8> {
        if self.ordered {
            return self.out;
        }
        let mut ordered = Vec::with_capacity(self.out.len());
        canonical::write(&mut ordered, message, &self.out, MAX_DEPTH);
        ordered
    }

    /// Writes the fields of the object that comes next.
    fn object(&mut self, message: &'static Message, depth: usize) -> Result<(), JsonError> {
        if depth == 0 {
            return Err(JsonError::new(self.reader.offset(), JsonProblem::TooDeep));
        }
        self.reader.enter()?;
        let (mut seen, mut last) = (0u32, 0);
        while let Some(key) = self.reader.next_key()? {
            let Some(field) = message.named(key.bytes(&mut self.scratch)) else {
                self.reader.skip_value()?;
                continue;
            };
            let (offset, start) = (self.reader.offset(), self.reader.start()?);
            if start == Start::Null {
                self.reader.word("null")?;
                continue;
            }
            // The members of a oneof share a bit, so that two of them are one too many.
            let bit = 1 << if field.label == Label::OneOf { 0 } else { field.number };
            if seen & bit != 0 {
                let problem = JsonProblem::Repeated { message: message.name, member: field.name };
                return Err(JsonError::new(offset, problem));
            }
            seen |= bit;
            self.ordered &= field.number > last;
            last = field.number;
            Member { decoder: self, message, field, depth }.read(start)?;
        }
        self.spans += usize::from(std::ptr::eq(message, &SPAN));
        Ok(())
    }

    fn syntax(&mut self, expected: &'static str) -> JsonError {
        JsonError::new(self.reader.offset(), JsonProblem::Syntax { expected })
    }
}

/// One member of an object, on its way to a field.
struct Member<'d, 'a> {
    decoder: &'d mut Decoder<'a>,
    message: &'static Message,
    field: &'static Field,
    depth: usize,
}

impl<'a> Member<'_, 'a> {
    fn read(&mut self, start: Start) -> Result<(), JsonError> {
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
