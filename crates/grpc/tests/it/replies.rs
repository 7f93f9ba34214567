//! What comes back in the terms of gRPC.

use std::time::Duration;

use telespan_export::Failure;
use telespan_testkit::{MockCollector, Reply};

use crate::exporters::replies::{assert_partial_success, assert_too_large, error_before_success};
use crate::exporters::{RETRYABLE, assert_says, endpoint, exporter, send};

#[test]
fn partial_success_is_success_with_a_count_and_a_text() {
    let collector = MockCollector::start();
    assert_partial_success(&collector, &exporter(endpoint(&collector)));
}

#[test]
fn every_status_is_classed_as_the_otlp_specification_says() {
    let permanent = Failure::Permanent;
    let after = |delay| Failure::Retryable { after: Some(delay) };
    let delay = Duration::from_millis(1500);
    // Code, name, without RetryInfo, with it.
    let table = [
        (1, "CANCELLED", RETRYABLE, after(delay)),
        (2, "UNKNOWN", permanent, permanent),
        (3, "INVALID_ARGUMENT", permanent, permanent),
        (4, "DEADLINE_EXCEEDED", RETRYABLE, after(delay)),
        (5, "NOT_FOUND", permanent, permanent),
        (6, "ALREADY_EXISTS", permanent, permanent),
        (7, "PERMISSION_DENIED", permanent, permanent),
        (8, "RESOURCE_EXHAUSTED", permanent, after(delay)),
        (9, "FAILED_PRECONDITION", permanent, permanent),
        (10, "ABORTED", RETRYABLE, after(delay)),
        (11, "OUT_OF_RANGE", RETRYABLE, after(delay)),
        (12, "UNIMPLEMENTED", permanent, permanent),
        (13, "INTERNAL", permanent, permanent),
        (14, "UNAVAILABLE", RETRYABLE, after(delay)),
        (15, "DATA_LOSS", RETRYABLE, after(delay)),
        (16, "UNAUTHENTICATED", permanent, permanent),
    ];
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    for (code, name, without, with) in table {
        collector.script([
            Reply::grpc_status(code, "as it is", None),
            Reply::grpc_status(code, "as it is", Some(delay)),
        ]);
        for failure in [without, with] {
            let error = send(&exporter).unwrap_err();
            assert_eq!(error.failure(), failure, "{name}");
            assert_says(&error, &[&collector.address().to_string(), &format!("{name}: as it is")]);
        }
    }
}

#[test]
fn a_retry_info_of_zero_is_a_delay_of_zero() {
    let collector = MockCollector::start();
    collector.script([Reply::grpc_status(8, "", Some(Duration::ZERO))]);
    let error = send(&exporter(endpoint(&collector))).unwrap_err();
    assert_eq!(error.failure(), Failure::Retryable { after: Some(Duration::ZERO) });
}

#[test]
fn the_unimplemented_method_hints_at_the_port() {
    let collector = MockCollector::start();
    collector.script([Reply::grpc_status(12, "", None)]);
    let error = send(&exporter(endpoint(&collector))).unwrap_err();
    assert_says(&error, &["answered UNIMPLEMENTED; is it an OTLP/gRPC receiver?"]);
}

#[test]
fn an_answer_that_is_no_grpc_is_classed_by_its_http_status() {
    let table = [
        (200, "text/html", Failure::Permanent, "content type `text/html`; is it an OTLP/gRPC receiver?"),
        (400, "text/plain", Failure::Permanent, "HTTP status 400 Bad Request"),
        (
            404,
            "application/json",
            Failure::Permanent,
            "HTTP status 404 Not Found; is it an OTLP/gRPC receiver?",
        ),
        (429, "text/plain", RETRYABLE, "HTTP status 429"),
        (500, "text/plain", Failure::Permanent, "HTTP status 500"),
        (502, "text/html", RETRYABLE, "HTTP status 502"),
        (503, "text/html", RETRYABLE, "HTTP status 503"),
        (504, "text/html", RETRYABLE, "HTTP status 504"),
    ];
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    for (status, content_type, failure, text) in table {
        collector.script([Reply::http_status(status, &[("content-type", content_type)], "<html>")]);
        let error = send(&exporter).unwrap_err();
        assert_eq!(error.failure(), failure, "{status}");
        assert_says(&error, &[text]);
    }
}

#[test]
fn details_that_are_no_base64_do_no_harm() {
    let head =
        [("content-type", "application/grpc"), ("grpc-status", "14"), ("grpc-status-details-bin", "!")];
    let collector = MockCollector::start();
    collector.script([Reply::http_status(200, &head, "")]);
    let error = send(&exporter(endpoint(&collector))).unwrap_err();
    assert_eq!(error.failure(), RETRYABLE);
}

#[test]
fn a_message_that_is_no_utf_8_leaves_the_code_as_it_is() {
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    let table =
        [("14", RETRYABLE, "answered UNAVAILABLE"), ("16", Failure::Permanent, "answered UNAUTHENTICATED")];
    for (code, failure, text) in table {
        let head = [("content-type", "application/grpc"), ("grpc-status", code), ("grpc-message", "%FF")];
        collector.script([Reply::http_status(200, &head, "")]);
        let error = send(&exporter).unwrap_err();
        assert_eq!(error.failure(), failure, "{error}");
        assert_says(&error, &[text]);
    }
}

#[test]
fn what_the_peer_took_is_accepted_even_if_its_reply_is_odd() {
    let head = [("content-type", "application/grpc"), ("grpc-status", "0")];
    let collector = MockCollector::start();
    collector.script([Reply::http_status(200, &head, "")]);
    let accepted = send(&exporter(endpoint(&collector))).unwrap();
    assert_eq!(accepted.rejected, 0);
    assert!(accepted.message.unwrap().contains("its reply is no OTLP"));
}

#[test]
fn a_reply_above_4_mib_is_a_permanent_error() {
    assert_too_large([Reply::huge(4 * 1024 * 1024 + 1)]);
}

#[test]
fn a_reply_that_breaks_off_is_retryable() {
    let headless = [("content-type", "application/grpc")];
    let table = [
        Reply::drop_connection(),
        Reply::drop_midway(),
        Reply::http_status(200, &headless, ""),
        Reply::http_status(200, &headless, &b"\0\0\0\0\x09half"[..]),
    ];
    for reply in table {
        let (error, address) = error_before_success(&reply);
        assert_eq!(error.failure(), RETRYABLE, "{reply:?}: {error}");
        assert_says(&error, &[&address.to_string()]);
    }
}
