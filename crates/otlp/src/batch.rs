//! [`Batch`]: the one value that flows from the recorder to every exporter.

use std::fmt;

use bytes::Bytes;

use crate::WireError;
use crate::wire::{self, Field, Fields, Value};

/// OTLP trace bytes and the number of spans in them. Immutable, and cheap to clone.
///
/// The bytes are an `ExportTraceServiceRequest`, which has the same wire form as `TracesData`:
/// field 1, repeated `ResourceSpans`. Protobuf messages concatenate, so batches do too.
#[derive(Clone, PartialEq, Eq)]
pub struct Batch {
    bytes: Bytes,
    spans: usize,
}

impl Batch {
    /// Takes OTLP bytes after one walk over their frame: `ResourceSpans`, `ScopeSpans` and the spans
    /// in them must be well-formed fields of the right type. What is inside a span is not looked at.
    ///
    /// # Errors
    /// [`WireError`] says what is wrong with the frame.
    pub fn parse(bytes: impl Into<Bytes>) -> Result<Batch, WireError> {
        let bytes = bytes.into();
        let spans = count_spans(&bytes)?;
        Ok(Batch { bytes, spans })
    }

    /// For bytes that this crate wrote itself.
    pub(crate) fn from_parts(bytes: impl Into<Bytes>, spans: usize) -> Batch {
        let batch = Batch { bytes: bytes.into(), spans };
        debug_assert_eq!(count_spans(&batch.bytes), Ok(spans));
        batch
    }

    /// The bytes, ready to be a request body.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The bytes by value.
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// The length in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are no bytes. A batch may also hold bytes but no span.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How many spans the bytes hold.
    pub fn spans(&self) -> usize {
        self.spans
    }

    /// One batch with the content of all, in order. A single batch is passed through without a copy.
    pub fn concat(batches: &[Batch]) -> Batch {
        if let [one] = batches {
            return one.clone();
        }
        let mut bytes = Vec::with_capacity(batches.iter().map(Batch::len).sum());
        for batch in batches {
            bytes.extend_from_slice(&batch.bytes);
        }
        Batch::from_parts(bytes, batches.iter().map(Batch::spans).sum())
    }

    /// Cuts the batch into parts of at most `max_bytes`, in order, nothing lost.
    ///
    /// Cuts fall between `ResourceSpans` where that is enough, else between spans, with resource and
    /// scope repeated. A part above `max_bytes` is one that no cut can make small enough: one span, or all
    /// spans of a resource that is itself too large. `ResourceSpans` without spans are left out when they
    /// would have to be cut.
    pub fn split(&self, max_bytes: usize) -> Vec<Batch> {
        if self.len() <= max_bytes {
            return vec![self.clone()];
        }
        let mut parts = Parts { max_bytes, done: Vec::new(), bytes: Vec::new(), spans: 0 };
        for field in fields(&self.bytes) {
            match field.value {
                Value::Bytes(resource_spans) if field.number == 1 => parts.add(field.raw, resource_spans),
                _ => {}
            }
        }
        parts.finish()
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Attribute values may be secrets: never the bytes.
        write!(f, "Batch({} spans, {} bytes)", self.spans, self.bytes.len())
    }
}

/// The fields of bytes whose frame was already walked.
fn fields(message: &[u8]) -> impl Iterator<Item = Field<'_>> {
    Fields::new(message).map_while(Result::ok)
}

fn count_spans(request: &[u8]) -> Result<usize, WireError> {
    let mut spans = 0;
    for resource_spans in messages(request, 1, "TracesData.resource_spans") {
        for scope_spans in messages(resource_spans?, 2, "ResourceSpans.scope_spans") {
            for span in messages(scope_spans?, 2, "ScopeSpans.spans") {
                span?;
                spans += 1;
            }
        }
    }
    Ok(spans)
}

/// The submessages in field `number`; every other field is only checked for its frame.
fn messages<'a>(
    message: &'a [u8],
    number: u32,
    name: &'static str,
) -> impl Iterator<Item = Result<&'a [u8], WireError>> {
    Fields::new(message).filter_map(move |field| match field {
        Ok(Field { number: n, value, .. }) if n == number => match value {
            Value::Bytes(bytes) => Some(Ok(bytes)),
            _ => Some(Err(WireError::WrongType { field: name })),
        },
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    })
}

/// The parts of a batch that is being cut.
struct Parts {
    max_bytes: usize,
    done: Vec<Batch>,
    bytes: Vec<u8>,
    spans: usize,
}

impl Parts {
    /// Adds one `ResourceSpans`, whole if a part can hold it.
    fn add(&mut self, raw: &[u8], resource_spans: &[u8]) {
        if raw.len() <= self.max_bytes {
            if self.bytes.len() + raw.len() > self.max_bytes {
                self.close();
            }
            self.append(raw, resource_spans);
            return;
        }
        self.close();
        let head = gather(resource_spans, 2);
        if head.len() < self.max_bytes {
            self.cut(&head, resource_spans);
            return;
        }
        // Every span would take a copy of the resource along, and none would fit.
        self.append(raw, resource_spans);
        if self.spans == 0 {
            self.bytes.clear();
        }
        self.close();
    }

    fn append(&mut self, raw: &[u8], resource_spans: &[u8]) {
        self.bytes.extend_from_slice(raw);
        // The frame was walked when the batch was made.
        let scopes = messages(resource_spans, 2, "").flatten();
        self.spans += scopes.map(|scope| messages(scope, 2, "").count()).sum::<usize>();
    }

    /// Cuts one `ResourceSpans` between its spans.
    fn cut(&mut self, head: &[u8], resource_spans: &[u8]) {
        let mut open = Cut::new(head);
        for scope_spans in messages(resource_spans, 2, "").flatten() {
            let scope = gather(scope_spans, 2);
            for span in fields(scope_spans).filter(|f| f.number == 2) {
                if open.spans > 0 && open.len_with(&scope, span.raw) > self.max_bytes {
                    self.done.push(open.close());
                    open = Cut::new(head);
                }
                open.push(&scope, span.raw);
            }
            open.end_scope();
        }
        if open.spans > 0 {
            self.done.push(open.close());
        }
    }

    fn close(&mut self) {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes);
            self.done.push(Batch::from_parts(bytes, std::mem::take(&mut self.spans)));
        }
    }

    fn finish(mut self) -> Vec<Batch> {
        self.close();
        self.done
    }
}

/// All fields of a message except `number`, as they stand.
fn gather(message: &[u8], number: u32) -> Vec<u8> {
    let mut out = Vec::new();
    for field in fields(message).filter(|f| f.number != number) {
        out.extend_from_slice(field.raw);
    }
    out
}

/// One `ResourceSpans` of a part: the resource, the scopes closed so far, and the scope that is open.
struct Cut<'a> {
    head: &'a [u8],
    closed: Vec<u8>,
    scope: Vec<u8>,
    spans: usize,
}

impl<'a> Cut<'a> {
    fn new(head: &'a [u8]) -> Self {
        Cut { head, closed: Vec::new(), scope: Vec::new(), spans: 0 }
    }

    /// The length of the whole part if `span` were added.
    fn len_with(&self, scope_head: &[u8], span: &[u8]) -> usize {
        let scope = if self.scope.is_empty() { scope_head.len() } else { self.scope.len() };
        let body = self.head.len() + self.closed.len() + wire::short_bytes_len(scope + span.len());
        wire::short_bytes_len(body)
    }

    fn push(&mut self, scope_head: &[u8], span: &[u8]) {
        if self.scope.is_empty() {
            self.scope.extend_from_slice(scope_head);
        }
        self.scope.extend_from_slice(span);
        self.spans += 1;
    }

    fn end_scope(&mut self) {
        if !self.scope.is_empty() {
            wire::put_bytes(&mut self.closed, 2, &self.scope);
            self.scope.clear();
        }
    }

    fn close(mut self) -> Batch {
        self.end_scope();
        let body = self.head.len() + self.closed.len();
        let mut bytes = Vec::with_capacity(wire::short_bytes_len(body));
        wire::put_key(&mut bytes, 1, wire::LEN);
        wire::put_varint(&mut bytes, body as u64);
        bytes.extend_from_slice(self.head);
        bytes.extend_from_slice(&self.closed);
        Batch::from_parts(bytes, self.spans)
    }
}
