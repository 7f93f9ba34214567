//! [`BatchEncoder`]: spans of one resource, written one behind the other into one buffer.

use std::sync::Arc;

use crate::attributes::Attributes;
use crate::batch::Batch;
use crate::limits::Limits;
use crate::nested::{put_nested, put_nested_wide};
use crate::span::{SpanEncoder, SpanHead};
use crate::value::Value;
use crate::wire;

/// What the spans are about, encoded once: attributes such as `service.name`, and the URL of the
/// schema that they follow. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The fields of `ResourceSpans` other than the scopes.
    head: Arc<[u8]>,
}

impl Resource {
    /// A resource with these attributes; for a key that comes twice the last one counts.
    pub fn new<'a>(attributes: impl IntoIterator<Item = (&'a str, Value<'a>)>) -> Self {
        Self::with_schema(attributes, "")
    }

    /// The same, with the URL of the schema of the attributes (empty: none).
    pub fn with_schema<'a>(
        attributes: impl IntoIterator<Item = (&'a str, Value<'a>)>,
        schema_url: &str,
    ) -> Self {
        let mut head = Vec::new();
        put_nested(&mut head, 1, |out| put_all(out, 1, attributes));
        put_schema(&mut head, schema_url);
        Resource { head: head.into() }
    }
}

/// The library or module that makes the spans, encoded once. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The fields of `ScopeSpans` other than the spans.
    head: Arc<[u8]>,
}

impl Scope {
    /// A scope; `version` and `schema_url` may be empty.
    pub fn new<'a>(
        name: &str,
        version: &str,
        schema_url: &str,
        attributes: impl IntoIterator<Item = (&'a str, Value<'a>)>,
    ) -> Self {
        let mut head = Vec::new();
        put_nested(&mut head, 1, |out| {
            for (number, text) in [(1, name), (2, version)] {
                if !text.is_empty() {
                    wire::put_bytes(out, number, text.as_bytes());
                }
            }
            put_all(out, 3, attributes);
        });
        put_schema(&mut head, schema_url);
        Scope { head: head.into() }
    }

    /// Whether this is the same scope, compared by identity first.
    pub fn is(&self, other: &Scope) -> bool {
        Arc::ptr_eq(&self.head, &other.head) || self.head == other.head
    }
}

fn put_all<'a>(out: &mut Vec<u8>, number: u32, attributes: impl IntoIterator<Item = (&'a str, Value<'a>)>) {
    let limits = Limits::none();
    let mut set = Attributes::at(out);
    for (key, value) in attributes {
        set.set(out, number, limits.attributes, &limits, key, &value);
    }
}

fn put_schema(out: &mut Vec<u8>, schema_url: &str) {
    if !schema_url.is_empty() {
        wire::put_bytes(out, 3, schema_url.as_bytes());
    }
}

/// Appends finished spans to one buffer and hands them over as a [`Batch`].
///
/// The lengths of resource and scope, known only at the end, are varints padded to five bytes and
/// patched: nothing is moved.
#[derive(Debug)]
pub struct BatchEncoder {
    resource: Resource,
    bytes: Vec<u8>,
    /// The open scope and where its length stands.
    scope: Option<(Scope, usize)>,
    spans: usize,
}

/// A padded length: enough for 32 GiB.
const PADDED: usize = 5;

/// Where the length of the `ResourceSpans` stands: behind its one-byte key.
const RESOURCE_LEN_AT: usize = 1;

impl BatchEncoder {
    /// An encoder without memory of its own; it takes some with the first span.
    pub fn new(resource: Resource) -> Self {
        BatchEncoder { resource, bytes: Vec::new(), scope: None, spans: 0 }
    }

    /// Makes room for `additional` bytes at least, exactly that if nothing is allocated yet.
    pub fn reserve(&mut self, additional: usize) {
        if self.bytes.capacity() == 0 {
            self.bytes.reserve_exact(additional);
        } else {
            self.bytes.reserve(additional);
        }
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether no span was added since the last [`finish`](Self::finish).
    pub fn is_empty(&self) -> bool {
        self.spans == 0
    }

    /// How many bytes fit before the buffer must grow.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// How many spans were added since the last [`finish`](Self::finish).
    pub fn spans(&self) -> usize {
        self.spans
    }

    /// An upper bound of the bytes that adding this span takes.
    pub fn room_for(&self, scope: &Scope, head: &SpanHead<'_>, span: &SpanEncoder) -> usize {
        const FRAME: usize = 1 + PADDED;
        let resource = if self.bytes.is_empty() { FRAME + self.resource.head.len() } else { 0 };
        let scope = if self.is_open(scope) { 0 } else { FRAME + scope.head.len() };
        resource + scope + FRAME + span.max_len(head)
    }

    fn is_open(&self, scope: &Scope) -> bool {
        self.scope.as_ref().is_some_and(|(open, _)| open.is(scope))
    }

    /// Adds a span.
    pub fn push(&mut self, scope: &Scope, head: &SpanHead<'_>, span: &SpanEncoder) {
        if self.bytes.is_empty() {
            open(&mut self.bytes, 1);
            self.bytes.extend_from_slice(&self.resource.head);
        }
        if !self.is_open(scope) {
            self.close_scope();
            let at = open(&mut self.bytes, 2);
            self.bytes.extend_from_slice(&scope.head);
            self.scope = Some((scope.clone(), at));
        }
        // Two bytes of length hold spans up to 16 KiB: nearly all of them.
        put_nested_wide::<2, _>(&mut self.bytes, 2, |out| span.encode(head, out));
        self.spans += 1;
    }

    /// What was added so far, as a batch; the encoder starts again without memory. `None` if nothing was.
    pub fn finish(&mut self) -> Option<Batch> {
        if self.spans == 0 {
            return None;
        }
        self.close_scope();
        patch(&mut self.bytes, RESOURCE_LEN_AT);
        let spans = std::mem::take(&mut self.spans);
        Some(Batch::from_parts(std::mem::take(&mut self.bytes), spans))
    }

    fn close_scope(&mut self) {
        if let Some((_, at)) = self.scope.take() {
            patch(&mut self.bytes, at);
        }
    }
}

/// Writes the key of a submessage and a placeholder for its length; returns where that stands.
fn open(out: &mut Vec<u8>, number: u32) -> usize {
    wire::put_key(out, number, wire::LEN);
    let at = out.len();
    out.extend_from_slice(&[0; PADDED]);
    at
}

/// Writes the length of the submessage that goes from the placeholder at `at` to the end.
fn patch(out: &mut [u8], at: usize) {
    let len = out.len() - at - PADDED;
    wire::write_varint(&mut out[at..at + PADDED], len as u64);
}
