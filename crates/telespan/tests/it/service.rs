//! The example service over every transport, with and without an async runtime: every span arrives.

use telespan_proto::common::v1::any_value::Value;
use telespan_proto::trace::v1::span::SpanKind;
use telespan_proto::trace::v1::status::StatusCode;
use telespan_testkit::DeliveredSpan;

use crate::runtime::Runtime;
use crate::shop::{ORDERS, TRACE_ID, take_orders};
use crate::support::{Place, TRANSPORTS, Transport, shut_down};

const RUNTIMES: [Runtime; 3] = [Runtime::None, Runtime::CurrentThread, Runtime::MultiThread];

#[test]
fn every_span_arrives_over_every_transport_with_and_without_a_runtime() {
    for transport in TRANSPORTS {
        for runtime in RUNTIMES {
            let place = Place::new(transport);
            let guard = place.telespan().service_name("shop").start().unwrap();
            runtime.block_on(take_orders(guard.tracer("shop"), runtime));
            assert_eq!(shut_down(guard).ended, ORDERS as u64 * 10, "{transport:?} {runtime:?}");
            check_orders(&place.spans());
        }
    }
}

fn check_orders(spans: &[DeliveredSpan]) {
    assert_eq!(spans.len(), ORDERS as usize * 10);
    let requests: Vec<_> = spans.iter().filter(|span| span.name == "POST /orders").collect();
    assert_eq!(requests.len(), ORDERS as usize);
    for request in requests {
        check_request(request);
        let count = |name| children(spans, request).filter(|child| child.name == name).count();
        assert_eq!(["validate", "reserve", "pay", "send receipt"].map(count), [1, 3, 1, 1]);
        for reservation in children(spans, request).filter(|child| child.name == "reserve") {
            let below: Vec<_> = children(spans, reservation).collect();
            assert_eq!(below.iter().map(|span| span.name.as_str()).collect::<Vec<_>>(), ["UPDATE stock"]);
            let article = reservation.attribute("article");
            let locked = &below[0].events[0];
            assert_eq!(locked.attributes[0].value.as_ref().unwrap().value.as_ref(), article);
        }
        let payment = children(spans, request).find(|child| child.name == "pay").unwrap();
        let receipt = children(spans, request).find(|child| child.name == "send receipt").unwrap();
        check_payment(request, payment, receipt);
    }
}

fn children<'a>(
    spans: &'a [DeliveredSpan],
    of: &'a DeliveredSpan,
) -> impl Iterator<Item = &'a DeliveredSpan> {
    spans.iter().filter(|span| span.parent_span_id == of.span_id)
}

fn check_request(request: &DeliveredSpan) {
    assert_eq!(hex(&request.trace_id), TRACE_ID);
    assert_eq!(hex(&request.parent_span_id), "00f067aa0ba902b7");
    assert_eq!(request.kind(), SpanKind::Server);
    // Sampled, and the parent is known to be remote.
    assert_eq!(request.flags, 0x301);
    assert_eq!(request.resource_attribute("service.name"), Some(&Value::StringValue("shop".to_owned())));
    assert_eq!(request.scope.name, "shop");
    let method = request.attribute("http.request.method");
    assert_eq!(method, Some(&Value::StringValue("POST".to_owned())));
    assert!(request.start_time_unix_nano <= request.end_time_unix_nano);
}

/// The last order's card is refused: no link then, but an error on both spans.
fn check_payment(request: &DeliveredSpan, payment: &DeliveredSpan, receipt: &DeliveredSpan) {
    assert_eq!(payment.attribute("bank.headers"), Some(&Value::IntValue(1)));
    let refused = request.attribute("order.number") == Some(&Value::IntValue(ORDERS));
    let status = Value::IntValue(if refused { 402 } else { 201 });
    assert_eq!(request.attribute("http.response.status_code"), Some(&status));
    if refused {
        for span in [request, payment] {
            let status = span.status.as_ref().unwrap();
            assert_eq!((status.code(), status.message.as_str()), (StatusCode::Error, "the card was refused"));
            assert_eq!(
                span.events.iter().map(|event| event.name.as_str()).collect::<Vec<_>>(),
                ["exception"]
            );
        }
        assert!(receipt.links.is_empty());
    } else {
        let links: Vec<_> = receipt.links.iter().map(|link| &link.span_id).collect();
        assert_eq!(links, [&payment.span_id]);
        assert_eq!((request.status.as_ref(), payment.status.as_ref()), (None, None));
    }
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_sampling_rate_of_zero_loses_nothing_of_a_sampled_caller() {
    let place = Place::new(Transport::Grpc);
    let guard =
        place.telespan().sampling_rate(telespan::PerMillion::ZERO).service_name("shop").start().unwrap();
    Runtime::MultiThread.block_on(take_orders(guard.tracer("shop"), Runtime::MultiThread));
    shut_down(guard);
    check_orders(&place.spans());
}
