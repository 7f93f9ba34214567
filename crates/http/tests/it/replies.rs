//! What comes back in the terms of HTTP.

use std::time::{Duration, SystemTime};

use telespan_export::{Accepted, Failure};
use telespan_http::HttpExporter;
use telespan_testkit::{MockCollector, Reply};

use crate::ENCODINGS;
use crate::exporters::failures::export_to_a_peer_that_says;
use crate::exporters::replies::{assert_partial_success, assert_too_large, error_before_success};
use crate::exporters::{RETRYABLE, assert_says, endpoint, exporter, send};

#[test]
fn partial_success_is_success_with_a_count_and_a_text() {
    let collector = MockCollector::start();
    for encoding in ENCODINGS {
        let exporter = HttpExporter::builder(endpoint(&collector)).encoding(encoding).build().unwrap();
        assert_partial_success(&collector, &exporter);
    }
}

#[test]
fn what_the_peer_took_is_accepted_even_if_its_reply_is_odd() {
    let table = [
        ("text/html", &b"<html>"[..], "content type `text/html`"),
        ("application/x-protobuf", b"\xff\xff", "accepted the spans, but its reply is no OTLP"),
        ("application/json", b"{", "accepted the spans, but its reply is no OTLP"),
    ];
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    for (content_type, body, text) in table {
        collector.script([Reply::http_status(200, &[("content-type", content_type)], body)]);
        let accepted = send(&exporter).unwrap();
        assert_eq!(accepted.rejected, 0);
        assert!(accepted.message.as_ref().is_some_and(|message| message.contains(text)), "{accepted:?}");
    }
    collector.script([Reply::http_status(204, &[], "")]);
    assert_eq!(send(&exporter).unwrap(), Accepted::default());
}

#[test]
fn every_status_is_classed_as_the_otlp_specification_says() {
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    let permanent =
        [300, 304, 400, 401, 403, 404, 405, 408, 409, 413, 415, 418, 425, 431, 500, 501, 505, 599];
    let table = permanent.map(|status| (status, Failure::Permanent)).into_iter();
    for (status, failure) in table.chain([429, 502, 503, 504].map(|status| (status, RETRYABLE))) {
        collector.script([Reply::http_status(status, &[], "")]);
        let error = send(&exporter).unwrap_err();
        assert_eq!(error.failure(), failure, "{status}");
        assert_says(&error, &[&format!("{}/v1/traces answered {status}", collector.address())]);
    }
}

#[test]
fn the_words_of_an_error_reply_are_shown() {
    // `google.rpc.Status` with the message "no such tenant".
    let protobuf = b"\x08\x03\x12\x0eno such tenant";
    let table = [
        ("application/x-protobuf", &protobuf[..], ": no such tenant"),
        ("application/json; charset=utf-8", br#"{"code":3,"message":"no such tenant"}"#, ": no such tenant"),
        ("text/plain; charset=utf-8", b"no such\r\ntenant\n", ": no such  tenant"),
    ];
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    for (content_type, body, text) in table {
        collector.script([Reply::http_status(400, &[("content-type", content_type)], body)]);
        assert_says(&send(&exporter).unwrap_err(), &[&format!("answered 400 Bad Request{text}")]);
    }
    collector.script([Reply::http_status(400, &[("content-type", "text/html")], "<html>")]);
    let error = send(&exporter).unwrap_err();
    assert!(error.to_string().ends_with("answered 400 Bad Request"), "{error}");
}

#[test]
fn retry_after_is_the_delay_of_retryable_statuses() {
    let past = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH);
    let table = [
        ("7", Some(Duration::from_secs(7))),
        ("0", Some(Duration::ZERO)),
        (past.as_str(), Some(Duration::ZERO)),
        ("soon", None),
    ];
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    for (value, after) in table {
        for status in [429, 502, 503, 504] {
            collector.script([Reply::http_status(status, &[("retry-after", value)], "")]);
            assert_eq!(
                send(&exporter).unwrap_err().failure(),
                Failure::Retryable { after },
                "{status} {value}"
            );
        }
        collector.script([Reply::http_status(500, &[("retry-after", value)], "")]);
        assert_eq!(send(&exporter).unwrap_err().failure(), Failure::Permanent, "{value}");
    }
}

#[test]
fn a_date_in_retry_after_counts_from_now() {
    let collector = MockCollector::start();
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3600));
    collector.script([Reply::http_status(503, &[("retry-after", &date)], "")]);
    let failure = send(&exporter(endpoint(&collector))).unwrap_err().failure();
    let Failure::Retryable { after: Some(after) } = failure else { panic!("{failure:?}") };
    assert!((3500..=3600).contains(&after.as_secs()), "{after:?}");
}

#[test]
fn a_path_that_is_not_there_suggests_the_right_one() {
    let table = [
        ("/otlp", "did you mean the path /otlp/v1/traces?"),
        ("/otlp/", "did you mean the path /otlp/v1/traces?"),
        ("/otlp?key=s3cret", "did you mean the path /otlp/v1/traces?"),
        ("/v1/traces", "is it an OTLP/HTTP receiver for traces?"),
    ];
    let collector = MockCollector::start();
    collector.otherwise(Reply::http_status(404, &[], ""));
    for (path, hint) in table {
        let exporter = HttpExporter::builder(endpoint(&collector)).path(path).build().unwrap();
        let error = send(&exporter).unwrap_err();
        assert_says(&error, &[hint]);
        assert!(!error.chain().contains("s3cret"));
    }
}

#[test]
fn a_redirect_is_not_followed_but_named() {
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    for status in [301, 302, 307, 308] {
        let location = [("location", "https://elsewhere.example/v1/traces?key=s3cret")];
        collector.script([Reply::http_status(status, &location, "")]);
        let error = send(&exporter).unwrap_err();
        assert_eq!(error.failure(), Failure::Permanent);
        assert_says(&error, &["a redirect to `https://elsewhere.example/v1/traces`"]);
        assert!(!error.chain().contains("s3cret"));
    }
    assert_eq!(collector.requests().len(), 4);
}

#[test]
fn a_reply_above_4_mib_is_a_permanent_error() {
    let over = vec![b' '; 4 * 1024 * 1024 + 1];
    assert_too_large([Reply::huge(4 * 1024 * 1024 + 1), Reply::http_status(503, &[], over)]);
}

#[test]
fn a_connection_that_ends_before_the_status_is_retryable() {
    let (error, address) = error_before_success(&Reply::drop_connection());
    assert_eq!(error.failure(), RETRYABLE);
    assert_says(&error, &[&format!("lost the connection to {address}")]);
    let error = export_to_a_peer_that_says(b"HTTP/1.1 400 Ba", 4).unwrap_err();
    assert_eq!(error.failure(), RETRYABLE);
    assert_says(&error, &["lost the connection to"]);
}

#[test]
fn a_refusal_that_breaks_off_means_what_its_status_says() {
    let after = Some(Duration::from_secs(7));
    let table = [
        (
            &b"HTTP/1.1 400 Bad Request\r\ncontent-length: 9\r\n\r\nhal"[..],
            Failure::Permanent,
            "answered 400",
        ),
        (b"HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 9\r\n\r\n", Failure::Permanent, "to `/x`"),
        (
            b"HTTP/1.1 503 Busy\r\nretry-after: 7\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhal",
            Failure::Retryable { after },
            "answered 503",
        ),
    ];
    for (words, failure, text) in table {
        let error = export_to_a_peer_that_says(words, 4).unwrap_err();
        assert_eq!(error.failure(), failure, "{error}");
        assert_says(&error, &[text]);
    }
}

#[test]
fn a_success_that_breaks_off_is_accepted_with_doubt() {
    let collector = MockCollector::start();
    collector.script([Reply::drop_midway()]);
    let accepted = send(&exporter(endpoint(&collector))).unwrap();
    assert_eq!(accepted.rejected, 0);
    let message = accepted.message.unwrap();
    assert!(
        message.contains("accepted the spans, but") && message.contains("lost the connection"),
        "{message}"
    );
    assert_eq!(collector.requests().len(), 1);
}
