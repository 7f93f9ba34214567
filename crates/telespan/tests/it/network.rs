//! What belongs to every request: headers, compression, the user agent.

use telespan::{Compression, Telespan};
use telespan_testkit::{MockCollector, Reply};

use crate::support::{Heard, names, trace, two_spans};

fn both(collector: &MockCollector) -> [Telespan; 2] {
    ["grpc", "http"].map(|scheme| Telespan::from_url(&format!("{scheme}://{}", collector.address())).unwrap())
}

#[test]
fn headers_arrive_with_every_request() {
    let collector = MockCollector::start();
    for telespan in both(&collector) {
        trace(telespan.header("Authorization", "Bearer s3cret").header("x-tenant", "blue"));
        let request = collector.requests().pop().unwrap();
        assert_eq!(request.header("authorization"), Some("Bearer s3cret"));
        assert_eq!(request.header("x-tenant"), Some("blue"));
        let user_agent = request.header("user-agent").unwrap();
        assert!(user_agent.starts_with("OTel-OTLP-Exporter-Rust/"), "{user_agent}");
    }
}

#[test]
fn gzip_arrives_and_is_understood() {
    let collector = MockCollector::start();
    for (count, telespan) in (1..).zip(both(&collector)) {
        trace(telespan.compression(Compression::Gzip));
        let request = collector.requests().pop().unwrap();
        assert_eq!(request.encoding.as_deref(), Some("gzip"));
        assert_eq!(names(&collector.spans()).len(), 2 * count);
    }
}

#[test]
fn what_the_collector_rejects_is_counted_and_told() {
    let collector = MockCollector::builder()
        .script([Reply::partial_success(1, "one too many"), Reply::partial_success(0, "be gentle")])
        .start();
    let [telespan, _] = both(&collector);
    let heard = Heard::default();
    let guard = heard.listen(telespan).start().unwrap();
    two_spans(&guard, None);
    guard.flush().unwrap();
    heard.wait_for("one too many");
    two_spans(&guard, None);
    let stats = guard.shutdown().unwrap();
    heard.wait_for("be gentle");
    assert_eq!((stats.ended, stats.exported), (4, 3));
    assert_eq!(stats.dropped(telespan::DropReason::Rejected), 1);
}

#[test]
fn a_failed_attempt_is_repeated() {
    let collector = MockCollector::builder()
        .script([Reply::http_status(503, &[("retry-after", "0")], "busy"), Reply::drop_connection()])
        .start();
    let [_, telespan] = both(&collector);
    trace(telespan);
    assert_eq!((collector.requests().len(), collector.spans().len()), (3, 2));
}
