//! The messages of OTLP traces as one table: what drives canonical order and OTLP/JSON both ways.
//!
//! From opentelemetry-proto 1.11.0. A field that is not here is unknown, and unknown fields have no place in JSON.

use crate::wire;

/// One message: its fields, ascending by number, without a gap between the first and the last.
#[derive(Debug)]
pub(crate) struct Message {
    /// The name in the definitions, without package.
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
}

/// One field of a message.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) number: u32,
    /// The key on the wire: number and wire type.
    pub(crate) key: u64,
    /// The name in JSON: lowerCamelCase, the only spelling that OTLP/JSON knows.
    pub(crate) name: &'static str,
    /// How JSON continues an object with this member: `,"name":`.
    pub(crate) member: &'static str,
    pub(crate) label: Label,
    pub(crate) kind: Kind,
}

/// How often a field may stand, and whether its default value says anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    /// Once; a scalar at its default is the same as an absent one.
    Singular,
    Repeated,
    /// At most one of the message's `OneOf` fields is set, and set to its default is still set.
    OneOf,
}

/// What a field holds, which settles both its wire type and its form in JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    String,
    /// A trace or span id: bytes that JSON writes in hex.
    Id,
    /// Other bytes, base64 in JSON.
    Bytes,
    Bool,
    Int32,
    /// A decimal string in JSON, like [`Kind::Fixed64`].
    Int64,
    Uint32,
    Fixed32,
    Fixed64,
    Double,
    /// The names of the values 0, 1, 2, …; JSON writes the number.
    Enum(&'static [&'static str]),
    Message(&'static Message),
}

impl Message {
    /// The field with this key: its number and the wire type that it asks for.
    #[inline]
    pub(crate) fn keyed(&self, key: u64) -> Option<&'static Field> {
        let first = u64::from(self.fields.first()?.number);
        let field = self.fields.get((key >> 3).wrapping_sub(first) as usize)?;
        (field.key == key).then_some(field)
    }

    /// The field with this JSON name.
    pub(crate) fn named(&self, name: &[u8]) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name.as_bytes() == name)
    }
}

impl Kind {
    const fn wire_type(self) -> u64 {
        match self {
            Kind::String | Kind::Id | Kind::Bytes | Kind::Message(_) => wire::LEN,
            Kind::Bool | Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Enum(_) => wire::VARINT,
            Kind::Fixed32 => wire::FIXED32,
            Kind::Fixed64 | Kind::Double => wire::FIXED64,
        }
    }
}

macro_rules! field {
    ($number:literal $name:literal $label:ident $kind:expr) => {
        Field {
            number: $number,
            key: $number << 3 | $kind.wire_type(),
            name: $name,
            member: concat!(",\"", $name, "\":"),
            label: Label::$label,
            kind: $kind,
        }
    };
}

pub(crate) static TRACES_DATA: Message = Message {
    name: "TracesData",
    fields: &[field!(1 "resourceSpans" Repeated Kind::Message(&RESOURCE_SPANS))],
};

pub(crate) static RESOURCE_SPANS: Message = Message {
    name: "ResourceSpans",
    fields: &[
        field!(1 "resource" Singular Kind::Message(&RESOURCE)),
        field!(2 "scopeSpans" Repeated Kind::Message(&SCOPE_SPANS)),
        field!(3 "schemaUrl" Singular Kind::String),
    ],
};

pub(crate) static RESOURCE: Message = Message {
    name: "Resource",
    fields: &[
        field!(1 "attributes" Repeated Kind::Message(&KEY_VALUE)),
        field!(2 "droppedAttributesCount" Singular Kind::Uint32),
        field!(3 "entityRefs" Repeated Kind::Message(&ENTITY_REF)),
    ],
};

pub(crate) static ENTITY_REF: Message = Message {
    name: "EntityRef",
    fields: &[
        field!(1 "schemaUrl" Singular Kind::String),
        field!(2 "type" Singular Kind::String),
        field!(3 "idKeys" Repeated Kind::String),
        field!(4 "descriptionKeys" Repeated Kind::String),
    ],
};

pub(crate) static SCOPE_SPANS: Message = Message {
    name: "ScopeSpans",
    fields: &[
        field!(1 "scope" Singular Kind::Message(&SCOPE)),
        field!(2 "spans" Repeated Kind::Message(&SPAN)),
        field!(3 "schemaUrl" Singular Kind::String),
    ],
};

pub(crate) static SCOPE: Message = Message {
    name: "InstrumentationScope",
    fields: &[
        field!(1 "name" Singular Kind::String),
        field!(2 "version" Singular Kind::String),
        field!(3 "attributes" Repeated Kind::Message(&KEY_VALUE)),
        field!(4 "droppedAttributesCount" Singular Kind::Uint32),
    ],
};

pub(crate) static SPAN: Message = Message {
    name: "Span",
    fields: &[
        field!(1 "traceId" Singular Kind::Id),
        field!(2 "spanId" Singular Kind::Id),
        field!(3 "traceState" Singular Kind::String),
        field!(4 "parentSpanId" Singular Kind::Id),
        field!(5 "name" Singular Kind::String),
        field!(6 "kind" Singular Kind::Enum(SPAN_KINDS)),
        field!(7 "startTimeUnixNano" Singular Kind::Fixed64),
        field!(8 "endTimeUnixNano" Singular Kind::Fixed64),
        field!(9 "attributes" Repeated Kind::Message(&KEY_VALUE)),
        field!(10 "droppedAttributesCount" Singular Kind::Uint32),
        field!(11 "events" Repeated Kind::Message(&EVENT)),
        field!(12 "droppedEventsCount" Singular Kind::Uint32),
        field!(13 "links" Repeated Kind::Message(&LINK)),
        field!(14 "droppedLinksCount" Singular Kind::Uint32),
        field!(15 "status" Singular Kind::Message(&STATUS)),
        field!(16 "flags" Singular Kind::Fixed32),
    ],
};

const SPAN_KINDS: &[&str] = &[
    "SPAN_KIND_UNSPECIFIED",
    "SPAN_KIND_INTERNAL",
    "SPAN_KIND_SERVER",
    "SPAN_KIND_CLIENT",
    "SPAN_KIND_PRODUCER",
    "SPAN_KIND_CONSUMER",
];

pub(crate) static EVENT: Message = Message {
    name: "Span.Event",
    fields: &[
        field!(1 "timeUnixNano" Singular Kind::Fixed64),
        field!(2 "name" Singular Kind::String),
        field!(3 "attributes" Repeated Kind::Message(&KEY_VALUE)),
        field!(4 "droppedAttributesCount" Singular Kind::Uint32),
    ],
};

pub(crate) static LINK: Message = Message {
    name: "Span.Link",
    fields: &[
        field!(1 "traceId" Singular Kind::Id),
        field!(2 "spanId" Singular Kind::Id),
        field!(3 "traceState" Singular Kind::String),
        field!(4 "attributes" Repeated Kind::Message(&KEY_VALUE)),
        field!(5 "droppedAttributesCount" Singular Kind::Uint32),
        field!(6 "flags" Singular Kind::Fixed32),
    ],
};

pub(crate) static STATUS: Message = Message {
    name: "Status",
    fields: &[field!(2 "message" Singular Kind::String), field!(3 "code" Singular Kind::Enum(STATUS_CODES))],
};

const STATUS_CODES: &[&str] = &["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"];

pub(crate) static KEY_VALUE: Message = Message {
    name: "KeyValue",
    fields: &[
        field!(1 "key" Singular Kind::String),
        field!(2 "value" Singular Kind::Message(&ANY_VALUE)),
        field!(3 "keyStrindex" Singular Kind::Int32),
    ],
};

pub(crate) static ANY_VALUE: Message = Message {
    name: "AnyValue",
    fields: &[
        field!(1 "stringValue" OneOf Kind::String),
        field!(2 "boolValue" OneOf Kind::Bool),
        field!(3 "intValue" OneOf Kind::Int64),
        field!(4 "doubleValue" OneOf Kind::Double),
        field!(5 "arrayValue" OneOf Kind::Message(&ARRAY_VALUE)),
        field!(6 "kvlistValue" OneOf Kind::Message(&KEY_VALUE_LIST)),
        field!(7 "bytesValue" OneOf Kind::Bytes),
        field!(8 "stringValueStrindex" OneOf Kind::Int32),
    ],
};

pub(crate) static ARRAY_VALUE: Message =
    Message { name: "ArrayValue", fields: &[field!(1 "values" Repeated Kind::Message(&ANY_VALUE))] };

pub(crate) static KEY_VALUE_LIST: Message =
    Message { name: "KeyValueList", fields: &[field!(1 "values" Repeated Kind::Message(&KEY_VALUE))] };

/// The reply to an export.
pub(crate) static EXPORT_RESPONSE: Message = Message {
    name: "ExportTraceServiceResponse",
    fields: &[field!(1 "partialSuccess" Singular Kind::Message(&PARTIAL_SUCCESS))],
};

pub(crate) static PARTIAL_SUCCESS: Message = Message {
    name: "ExportTracePartialSuccess",
    fields: &[field!(1 "rejectedSpans" Singular Kind::Int64), field!(2 "errorMessage" Singular Kind::String)],
};

/// `google.rpc.Status`, the reply to a failed export; its `details` are nothing that OTLP acts on over HTTP.
pub(crate) static RPC_STATUS: Message = Message {
    name: "google.rpc.Status",
    fields: &[field!(1 "code" Singular Kind::Int32), field!(2 "message" Singular Kind::String)],
};

/// Every message that the table reaches from a batch or a reply.
#[cfg(test)]
pub(crate) fn all() -> Vec<&'static Message> {
    let mut found: Vec<&'static Message> = vec![&TRACES_DATA, &EXPORT_RESPONSE, &RPC_STATUS];
    let mut next = 0;
    while let Some(message) = found.get(next) {
        next += 1;
        for field in message.fields {
            if let Kind::Message(inner) = field.kind
                && !found.iter().any(|known| std::ptr::eq(*known, inner))
            {
                found.push(inner);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_contiguous_so_a_field_is_found_by_its_distance_from_the_first() {
        for message in all() {
            for (field, expected) in message.fields.iter().zip(message.fields[0].number..) {
                assert_eq!(field.number, expected, "{}.{}", message.name, field.name);
                assert_eq!(message.keyed(field.key).unwrap().name, field.name);
                assert!(message.keyed(field.key ^ 1).is_none(), "another wire type");
            }
            for number in [0, 17, 1000] {
                assert!((0..8).all(|wire_type| message.keyed(number << 3 | wire_type).is_none()));
            }
        }
    }

    #[test]
    fn a_name_leads_to_its_field_and_a_snake_case_name_to_none() {
        for field in all().iter().flat_map(|message| message.fields) {
            assert_eq!(field.member, format!(",\"{}\":", field.name));
        }
        assert_eq!(SPAN.named(b"traceId").unwrap().number, 1);
        assert!(SPAN.named(b"trace_id").is_none());
    }
}
