//! Batches put together and cut: nothing lost, nothing out of order.

use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;
use telespan_otlp::{Batch, WireError};
use telespan_proto::common::v1::InstrumentationScope;
use telespan_proto::trace::v1::{ResourceSpans, ScopeSpans, Span, TracesData};

/// Every span with the resource and scope that it stands under.
fn spans(data: &TracesData) -> Vec<(ResourceSpans, ScopeSpans)> {
    let mut all = Vec::new();
    for resource_spans in &data.resource_spans {
        for scope_spans in &resource_spans.scope_spans {
            for span in &scope_spans.spans {
                let scope = ScopeSpans { spans: vec![span.clone()], ..scope_spans.clone() };
                all.push((ResourceSpans { scope_spans: vec![], ..resource_spans.clone() }, scope));
            }
        }
    }
    all
}

fn batch(data: &TracesData) -> Batch {
    Batch::parse(data.encode_to_vec()).expect("prost writes protobuf")
}

fn data() -> impl Strategy<Value = TracesData> {
    let span = "[a-z]{0,60}".prop_map(|name| Span { name, ..Span::default() });
    let scope =
        ("[a-z]{0,9}", vec(span, 0..6), "[a-z]{0,3}").prop_map(|(name, spans, schema_url)| ScopeSpans {
            scope: Some(InstrumentationScope { name, ..InstrumentationScope::default() }),
            spans,
            schema_url,
        });
    let resource = (vec(scope, 0..4), "[a-z]{0,9}").prop_map(|(scope_spans, schema_url)| ResourceSpans {
        resource: None,
        scope_spans,
        schema_url,
    });
    vec(resource, 0..5).prop_map(|resource_spans| TracesData { resource_spans })
}

proptest! {
    #[test]
    fn a_split_loses_nothing_and_keeps_the_order(data in data(), max in 1usize..400) {
        let batch = batch(&data);
        prop_assert_eq!(batch.spans(), spans(&data).len());
        let parts = batch.split(max);
        let mut read = Vec::new();
        for part in &parts {
            let decoded = TracesData::decode(part.bytes().clone()).expect("a part is protobuf");
            let head = |of: &ResourceSpans| ResourceSpans { scope_spans: vec![], ..of.clone() }.encoded_len();
            let cannot_be_cut = part.spans() == 1 || decoded.resource_spans.first().map(head) >= Some(max);
            prop_assert!(part.len() <= max || cannot_be_cut, "{:?} above {}", part, max);
            prop_assert_eq!(spans(&decoded).len(), part.spans());
            read.extend(spans(&decoded));
        }
        prop_assert_eq!(read, spans(&data));
    }

    #[test]
    fn a_split_makes_no_copies_of_a_resource_that_is_too_large_itself(spans in 2usize..50) {
        let resource = ResourceSpans {
            schema_url: "x".repeat(1_000),
            scope_spans: vec![ScopeSpans { spans: vec![Span::default(); spans], ..ScopeSpans::default() }],
            ..ResourceSpans::default()
        };
        let batch = batch(&TracesData { resource_spans: vec![resource] });
        prop_assert_eq!(batch.split(500), [batch]);
    }

    #[test]
    fn batches_concatenate(all in vec(data(), 0..4)) {
        let batches: Vec<Batch> = all.iter().map(batch).collect();
        let joined = Batch::concat(&batches);
        let expected: Vec<_> = all.iter().flat_map(spans).collect();
        prop_assert_eq!(joined.spans(), expected.len());
        prop_assert_eq!(spans(&TracesData::decode(joined.bytes().clone()).expect("protobuf")), expected);
    }

    #[test]
    fn hostile_bytes_are_refused_or_cut_without_panic(bytes in vec(any::<u8>(), 0..200), max in 0usize..50) {
        if let Ok(batch) = Batch::parse(bytes) {
            let parts = batch.split(max);
            prop_assert_eq!(parts.iter().map(Batch::spans).sum::<usize>(), batch.spans());
        }
    }
}

#[test]
fn a_frame_of_the_wrong_type_is_named() {
    let cases: [(&[u8], &str); 3] = [
        (&[0x08, 1], "TracesData.resource_spans"),
        (&[0x0a, 2, 0x10, 1], "ResourceSpans.scope_spans"),
        (&[0x0a, 4, 0x12, 2, 0x10, 1], "ScopeSpans.spans"),
    ];
    for (bytes, field) in cases {
        assert_eq!(Batch::parse(bytes), Err(WireError::WrongType { field }));
    }
    assert_eq!(Batch::parse(&[0x0a, 9][..]), Err(WireError::Truncated));
}

#[test]
fn debug_never_shows_what_spans_hold() {
    let data = TracesData {
        resource_spans: vec![ResourceSpans { schema_url: "secret".into(), ..Default::default() }],
    };
    assert_eq!(format!("{:?}", batch(&data)), "Batch(0 spans, 10 bytes)");
}
