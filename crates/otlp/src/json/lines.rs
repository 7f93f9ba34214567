//! A batch as JSON lines, one span each.

use super::encode;
use crate::Batch;
use crate::canonical::MAX_DEPTH;
use crate::schema::{Message, RESOURCE_SPANS, SCOPE_SPANS, SPAN};
use crate::wire::{Fields, Value};

/// Writes a batch line by line. A line is one OTLP/JSON `TracesData` object that holds exactly one span, with its
/// resource and its scope, and ends in `\n`; a batch has as many lines as [`Batch::spans`].
///
/// ```
/// # fn main() -> Result<(), telespan_otlp::WireError> {
/// use telespan_otlp::{Batch, json::JsonLines};
///
/// // resource_spans { scope_spans { spans { name: "GET /" } } }
/// let batch = Batch::parse(b"\x0a\x0b\x12\x09\x12\x07\x2a\x05GET /".to_vec())?;
/// let mut line = Vec::new();
/// let mut lines = JsonLines::new(&batch);
/// while lines.write_next(&mut line) {}
/// assert_eq!(
///     line,
///     b"{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"name\":\"GET /\"}]}]}]}\n"
/// );
/// # Ok(())
/// # }
/// ```
// No `Debug`: it would print attribute values, which may be secrets.
#[derive(Clone)]
pub struct JsonLines<'a> {
    /// What is left of the batch, of the `ResourceSpans` and of the `ScopeSpans` in which the cursor stands.
    resources: Fields<'a>,
    scopes: Fields<'a>,
    spans: Fields<'a>,
    /// Those two messages, for the part that is the same in all their lines.
    resource_spans: &'a [u8],
    scope_spans: &'a [u8],
    head: Head,
}

/// How a line begins, up to its span; kept from line to line.
#[derive(Clone, Default)]
struct Head {
    text: Vec<u8>,
    /// How much of the text belongs to the resource. 0: nothing is written yet.
    resource_len: usize,
    /// Whether the text goes on to the scope.
    has_scope: bool,
}

/// How every line ends after its span.
const TAIL: &[u8] = b"]}]}]}\n";

impl<'a> JsonLines<'a> {
    /// A cursor before the first span of the batch.
    pub fn new(batch: &'a Batch) -> Self {
        JsonLines {
            resources: Fields::new(batch.bytes()),
            scopes: Fields::new(&[]),
            spans: Fields::new(&[]),
            resource_spans: &[],
            scope_spans: &[],
            head: Head::default(),
        }
    }

    /// Appends the next line; `false` if there is none.
    ///
    /// Never fails; see the [module](super) for what happens to bytes that cannot be read.
    pub fn write_next(&mut self, out: &mut Vec<u8>) -> bool {
        let Some(span) = self.next_span() else { return false };
        self.head.complete(self.resource_spans, self.scope_spans);
        out.extend_from_slice(&self.head.text);
        encode::message(out, &SPAN, span, MAX_DEPTH - 3);
        out.extend_from_slice(TAIL);
        true
    }

    /// Passes over the next `n` lines, or all that are left, without writing them: for going on where an earlier
    /// attempt ended.
    pub fn skip(&mut self, n: usize) {
        for _ in 0..n {
            if self.next_span().is_none() {
                return;
            }
        }
    }

    fn next_span(&mut self) -> Option<&'a [u8]> {
        loop {
            if let Some(span) = next_message(&mut self.spans, 2) {
                return Some(span);
            }
            if let Some(scope_spans) = next_message(&mut self.scopes, 2) {
                self.scope_spans = scope_spans;
                self.spans = Fields::new(scope_spans);
                self.head.has_scope = false;
            } else {
                self.resource_spans = next_message(&mut self.resources, 1)?;
                self.scopes = Fields::new(self.resource_spans);
                self.head.resource_len = 0;
            }
        }
    }
}

impl Head {
    /// Writes what is missing.
    fn complete(&mut self, resource_spans: &[u8], scope_spans: &[u8]) {
        if self.resource_len == 0 {
            self.text.clear();
            self.text.extend_from_slice(b"{\"resourceSpans\":[");
            self.open(&RESOURCE_SPANS, resource_spans, MAX_DEPTH - 1);
            self.text.extend_from_slice(b"\"scopeSpans\":[");
            self.resource_len = self.text.len();
            self.has_scope = false;
        }
        if !self.has_scope {
            self.text.truncate(self.resource_len);
            self.open(&SCOPE_SPANS, scope_spans, MAX_DEPTH - 2);
            self.text.extend_from_slice(b"\"spans\":[");
            self.has_scope = true;
        }
    }

    /// Writes a message without its field 2, as an object that is ready for one more member.
    fn open(&mut self, message: &'static Message, bytes: &[u8], depth: usize) {
        let mut rest = Vec::new();
        for field in Fields::new(bytes).map_while(Result::ok).filter(|field| field.number != 2) {
            rest.extend_from_slice(field.raw);
        }
        encode::message(&mut self.text, message, &rest, depth);
        // In place of the closing brace.
        self.text.pop();
        if self.text.last() != Some(&b'{') {
            self.text.push(b',');
        }
    }
}

/// The next message in field `number`.
fn next_message<'a>(fields: &mut Fields<'a>, number: u32) -> Option<&'a [u8]> {
    fields.map_while(Result::ok).find_map(|field| match field.value {
        Value::Bytes(bytes) if field.number == number => Some(bytes),
        _ => None,
    })
}
