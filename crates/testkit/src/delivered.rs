//! Spans with what they were sent under.

use std::ops::Deref;

use telespan_proto::common::v1::{InstrumentationScope, KeyValue, any_value::Value};
use telespan_proto::resource::v1::Resource;
use telespan_proto::trace::v1::{ResourceSpans, Span};

/// A span together with its resource and scope. Reads like the span itself.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveredSpan {
    /// What the span is about, empty if it came without.
    pub resource: Resource,
    /// What made the span, empty if it came without.
    pub scope: InstrumentationScope,
    /// The span.
    pub span: Span,
}

impl DeliveredSpan {
    /// The value of the first attribute of the span with this key.
    pub fn attribute(&self, key: &str) -> Option<&Value> {
        value(&self.span.attributes, key)
    }

    /// The value of the first attribute of the resource with this key.
    pub fn resource_attribute(&self, key: &str) -> Option<&Value> {
        value(&self.resource.attributes, key)
    }

    /// All spans of these messages, in order.
    pub fn flatten(resource_spans: &[ResourceSpans]) -> impl Iterator<Item = Self> {
        resource_spans.iter().flat_map(|per_resource| {
            let resource = per_resource.resource.clone().unwrap_or_default();
            per_resource.scope_spans.iter().flat_map(move |per_scope| {
                let resource = resource.clone();
                let scope = per_scope.scope.clone().unwrap_or_default();
                per_scope.spans.iter().map(move |span| Self {
                    resource: resource.clone(),
                    scope: scope.clone(),
                    span: span.clone(),
                })
            })
        })
    }
}

impl Deref for DeliveredSpan {
    type Target = Span;

    fn deref(&self) -> &Span {
        &self.span
    }
}

fn value<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a Value> {
    attributes.iter().find(|attribute| attribute.key == key)?.value.as_ref()?.value.as_ref()
}
