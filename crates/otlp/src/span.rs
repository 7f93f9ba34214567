//! One span while it is being recorded, kept as the bytes that it will be.

use crate::attributes::Attributes;
use crate::limits::Limits;
use crate::nested::put_nested;
use crate::value::Value;
use crate::wire;

/// The role of a span in its trace. The numbers are OTLP's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpanKind {
    /// An operation inside a program.
    #[default]
    Internal = 1,
    /// Handles a remote request.
    Server = 2,
    /// Makes a request to a remote service.
    Client = 3,
    /// Sends a message to a broker; ends when the broker took it.
    Producer = 4,
    /// Handles a message from a broker.
    Consumer = 5,
}

/// The outcome of a span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// Nothing was said.
    #[default]
    Unset,
    /// Declared a success by the application.
    Ok,
    /// Failed, with a text for developers, which may be empty.
    Error(Box<str>),
}

/// What a span has exactly once and knows at the latest when it ends.
#[derive(Clone, Copy, Debug)]
pub struct SpanHead<'a> {
    /// 16 bytes, not all zero.
    pub trace_id: [u8; 16],
    /// 8 bytes, not all zero.
    pub span_id: [u8; 8],
    /// The text of the W3C `tracestate`, empty if there is none.
    pub trace_state: &'a str,
    /// `None` for a root span.
    pub parent_span_id: Option<[u8; 8]>,
    /// What the span is called.
    pub name: &'a str,
    /// The role.
    pub kind: SpanKind,
    /// Nanoseconds since the Unix epoch.
    pub start_time_unix_nano: u64,
    /// Nanoseconds since the Unix epoch.
    pub end_time_unix_nano: u64,
    /// The outcome.
    pub status: &'a Status,
    /// W3C trace flags in bits 0 to 7; bit 8 says that bit 9 is meaningful, bit 9 that the parent is remote.
    pub flags: u32,
}

/// A linked span: another operation that this one has to do with.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// 16 bytes.
    pub trace_id: [u8; 16],
    /// 8 bytes.
    pub span_id: [u8; 8],
    /// The text of the W3C `tracestate`, empty if there is none.
    pub trace_state: &'a str,
    /// As [`SpanHead::flags`], for the linked span.
    pub flags: u32,
}

/// Attributes, events and links of one span, encoded as they come. Meant to be reused: [`clear`](Self::clear)
/// keeps the memory.
#[derive(Clone, Debug, Default)]
pub struct SpanEncoder {
    attribute_bytes: Vec<u8>,
    attributes: Attributes,
    event_bytes: Vec<u8>,
    events: u32,
    dropped_events: u32,
    link_bytes: Vec<u8>,
    links: u32,
    dropped_links: u32,
}

/// Field numbers of `Span`.
mod span_field {
    pub(super) const TRACE_ID: u32 = 1;
    pub(super) const SPAN_ID: u32 = 2;
    pub(super) const TRACE_STATE: u32 = 3;
    pub(super) const PARENT_SPAN_ID: u32 = 4;
    pub(super) const NAME: u32 = 5;
    pub(super) const KIND: u32 = 6;
    pub(super) const START_TIME_UNIX_NANO: u32 = 7;
    pub(super) const END_TIME_UNIX_NANO: u32 = 8;
    pub(super) const ATTRIBUTES: u32 = 9;
    pub(super) const DROPPED_ATTRIBUTES_COUNT: u32 = 10;
    pub(super) const EVENTS: u32 = 11;
    pub(super) const DROPPED_EVENTS_COUNT: u32 = 12;
    pub(super) const LINKS: u32 = 13;
    pub(super) const DROPPED_LINKS_COUNT: u32 = 14;
    pub(super) const STATUS: u32 = 15;
    pub(super) const FLAGS: u32 = 16;
}

/// Field numbers of `Span.Event`.
mod event_field {
    pub(super) const TIME_UNIX_NANO: u32 = 1;
    pub(super) const NAME: u32 = 2;
    pub(super) const ATTRIBUTES: u32 = 3;
    pub(super) const DROPPED_ATTRIBUTES_COUNT: u32 = 4;
}

/// Field numbers of `Span.Link`.
mod link_field {
    pub(super) const TRACE_ID: u32 = 1;
    pub(super) const SPAN_ID: u32 = 2;
    pub(super) const TRACE_STATE: u32 = 3;
    pub(super) const ATTRIBUTES: u32 = 4;
    pub(super) const DROPPED_ATTRIBUTES_COUNT: u32 = 5;
    pub(super) const FLAGS: u32 = 6;
}

/// Field numbers of `Status`, and its codes.
mod status_field {
    pub(super) const MESSAGE: u32 = 2;
    pub(super) const CODE: u32 = 3;
    pub(super) const OK: u64 = 1;
    pub(super) const ERROR: u64 = 2;
}

impl SpanEncoder {
    /// An empty span.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets everything but the memory.
    pub fn clear(&mut self) {
        let SpanEncoder { attribute_bytes, attributes, event_bytes, link_bytes, .. } = self;
        attribute_bytes.clear();
        event_bytes.clear();
        link_bytes.clear();
        *attributes = Attributes::default();
        (self.events, self.dropped_events, self.links, self.dropped_links) = (0, 0, 0, 0);
    }

    /// How many bytes the encoder holds on to, filled or not.
    pub fn capacity(&self) -> usize {
        self.attribute_bytes.capacity() + self.event_bytes.capacity() + self.link_bytes.capacity()
    }

    /// Sets an attribute. A key that is there already gets the new value.
    #[inline]
    pub fn set_attribute(&mut self, limits: &Limits, key: &str, value: &Value<'_>) {
        let out = &mut self.attribute_bytes;
        self.attributes.set(out, span_field::ATTRIBUTES, limits.attributes, limits, key, value);
    }

    /// Adds an event at `time_unix_nano`, nanoseconds since the Unix epoch.
    pub fn add_event(
        &mut self,
        limits: &Limits,
        name: &str,
        time_unix_nano: u64,
        attributes: &[(&str, Value<'_>)],
    ) {
        if self.events >= limits.events {
            self.dropped_events = self.dropped_events.saturating_add(1);
            return;
        }
        self.events += 1;
        put_nested(&mut self.event_bytes, span_field::EVENTS, |out| {
            wire::put_fixed64(out, event_field::TIME_UNIX_NANO, time_unix_nano);
            put_text(out, event_field::NAME, name);
            let max = limits.event_attributes;
            let dropped = put_attributes(out, event_field::ATTRIBUTES, max, limits, attributes);
            put_count(out, event_field::DROPPED_ATTRIBUTES_COUNT, dropped);
        });
    }

    /// Adds a link.
    pub fn add_link(&mut self, limits: &Limits, to: &Link<'_>, attributes: &[(&str, Value<'_>)]) {
        if self.links >= limits.links {
            self.dropped_links = self.dropped_links.saturating_add(1);
            return;
        }
        self.links += 1;
        put_nested(&mut self.link_bytes, span_field::LINKS, |out| {
            wire::put_bytes(out, link_field::TRACE_ID, &to.trace_id);
            wire::put_bytes(out, link_field::SPAN_ID, &to.span_id);
            put_text(out, link_field::TRACE_STATE, to.trace_state);
            let max = limits.link_attributes;
            let dropped = put_attributes(out, link_field::ATTRIBUTES, max, limits, attributes);
            put_count(out, link_field::DROPPED_ATTRIBUTES_COUNT, dropped);
            wire::put_fixed32(out, link_field::FLAGS, to.flags);
        });
    }

    /// At least as many bytes as [`encode`](Self::encode) appends.
    pub(crate) fn max_len(&self, head: &SpanHead<'_>) -> usize {
        // Ids, times, kind, flags, counts, and the keys and lengths of everything: below 160 bytes.
        let status = if let Status::Error(message) = head.status { message.len() } else { 0 };
        let texts = head.trace_state.len() + head.name.len() + status;
        160 + texts + self.attribute_bytes.len() + self.event_bytes.len() + self.link_bytes.len()
    }

    /// Appends the content of a `Span` message, fields in ascending order.
    #[inline]
    pub(crate) fn encode(&self, head: &SpanHead<'_>, out: &mut Vec<u8>) {
        wire::put_bytes(out, span_field::TRACE_ID, &head.trace_id);
        wire::put_bytes(out, span_field::SPAN_ID, &head.span_id);
        put_text(out, span_field::TRACE_STATE, head.trace_state);
        if let Some(parent) = head.parent_span_id {
            wire::put_bytes(out, span_field::PARENT_SPAN_ID, &parent);
        }
        put_text(out, span_field::NAME, head.name);
        wire::put_varint_field(out, span_field::KIND, head.kind as u64);
        wire::put_fixed64(out, span_field::START_TIME_UNIX_NANO, head.start_time_unix_nano);
        wire::put_fixed64(out, span_field::END_TIME_UNIX_NANO, head.end_time_unix_nano);
        out.extend_from_slice(&self.attribute_bytes);
        put_count(out, span_field::DROPPED_ATTRIBUTES_COUNT, self.attributes.dropped);
        out.extend_from_slice(&self.event_bytes);
        put_count(out, span_field::DROPPED_EVENTS_COUNT, self.dropped_events);
        out.extend_from_slice(&self.link_bytes);
        put_count(out, span_field::DROPPED_LINKS_COUNT, self.dropped_links);
        put_status(out, head.status);
        wire::put_fixed32(out, span_field::FLAGS, head.flags);
    }
}

/// A text field, left out when empty.
#[inline]
fn put_text(out: &mut Vec<u8>, number: u32, text: &str) {
    if !text.is_empty() {
        wire::put_bytes(out, number, text.as_bytes());
    }
}

/// A count, left out when zero.
#[inline]
fn put_count(out: &mut Vec<u8>, number: u32, count: u32) {
    if count > 0 {
        wire::put_varint_field(out, number, u64::from(count));
    }
}

/// All `attributes`; returns how many did not fit.
fn put_attributes(
    out: &mut Vec<u8>,
    number: u32,
    max: u32,
    limits: &Limits,
    attributes: &[(&str, Value<'_>)],
) -> u32 {
    let mut set = Attributes::at(out);
    for (key, value) in attributes {
        set.set(out, number, max, limits, key, value);
    }
    set.dropped
}

fn put_status(out: &mut Vec<u8>, status: &Status) {
    match status {
        Status::Unset => {}
        Status::Ok => put_nested(out, span_field::STATUS, |out| {
            wire::put_varint_field(out, status_field::CODE, status_field::OK);
        }),
        Status::Error(message) => put_nested(out, span_field::STATUS, |out| {
            put_text(out, status_field::MESSAGE, message);
            wire::put_varint_field(out, status_field::CODE, status_field::ERROR);
        }),
    }
}
