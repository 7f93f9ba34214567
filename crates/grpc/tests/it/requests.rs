//! What goes out in the terms of gRPC.

use futures_executor::block_on;
use telespan_export::{Exporter, Failure};
use telespan_grpc::GrpcExporter;
use telespan_testkit::MockCollector;

use crate::exporters::requests::{assert_headers_and_user_agent, request_of};
use crate::exporters::{ample, batch, endpoint};

#[test]
fn a_batch_arrives_as_the_bytes_it_is() {
    let request = request_of(&batch(7));
    assert_eq!(request.path, "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
    assert_eq!(request.content_type(), "application/grpc");
    assert_eq!(request.header("te"), Some("trailers"));
}

#[test]
fn headers_user_agent_and_timeout_go_with_every_request() {
    let collector = MockCollector::start();
    assert_headers_and_user_agent(&collector, GrpcExporter::builder(endpoint(&collector)));
    for request in collector.requests() {
        let timeout = request.header("grpc-timeout").unwrap();
        let (number, unit) = timeout.split_at(timeout.len() - 1);
        assert!(number.parse::<u64>().is_ok() && "munSM".contains(unit), "{timeout}");
    }
}

#[test]
fn a_batch_above_the_limit_is_not_sent() {
    let collector = MockCollector::start();
    let batch = batch(3);
    let exporter = |max| GrpcExporter::builder(endpoint(&collector)).max_request_bytes(max).build().unwrap();
    let limit = batch.len() - 1;
    let error = block_on(exporter(limit).export(&batch, ample())).unwrap_err();
    assert_eq!(error.failure(), Failure::TooLarge { limit });
    assert_eq!(collector.connections(), 0);
    block_on(exporter(batch.len()).export(&batch, ample())).unwrap();
}
