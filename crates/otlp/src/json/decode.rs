//! JSON text to OTLP bytes, driven by the schema.

use super::member::Member;
use super::reader::{Reader, Start};
use super::{JsonError, JsonProblem};
use crate::canonical::{self, MAX_DEPTH};
use crate::schema::{Label, Message, RESOURCE_SPANS, SPAN, TRACES_DATA};
use crate::{Batch, nested};

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

/// A text on its way to bytes.
pub(super) struct Decoder<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) out: Vec<u8>,
    /// Whether all messages so far came with their members in canonical order.
    ordered: bool,
    spans: usize,
    /// For strings with escapes that are looked at and not kept.
    pub(super) scratch: Vec<u8>,
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

    /// Writes the fields of the object that comes next. Messages `depth` levels down may only be empty, which is how
    /// this crate writes them.
    pub(super) fn object(&mut self, message: &'static Message, depth: usize) -> Result<(), JsonError> {
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
            if depth == 0 {
                return Err(JsonError::new(offset, JsonProblem::TooDeep));
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
