//! Every kind of exporter URL, and what the collector sees of it.

use std::fs;

use telespan::{Encoding, ExporterSettings, ExporterUrl, Telespan};
use telespan_testkit::MockCollector;
use telespan_testkit::certs::server_config;

use crate::support::{Certificates, shut_down, spans_in, trace};

/// Sends two spans and returns the content type and path of the request.
fn seen(collector: &MockCollector, telespan: Telespan) -> (String, String) {
    assert_eq!(trace(telespan).exported, 2);
    let request = collector.requests().pop().unwrap();
    (request.content_type().to_owned(), request.path.clone())
}

#[test]
fn plaintext_urls_reach_the_collector_with_their_protocol_and_path() {
    const GRPC: (&str, &str) =
        ("application/grpc", "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
    const PROTOBUF: &str = "application/x-protobuf";
    let collector = MockCollector::start();
    let port = collector.address().port();
    let table = [
        (format!("127.0.0.1:{port}"), GRPC),
        (format!("localhost:{port}"), GRPC),
        (format!(" GRPC://127.0.0.1:{port}/ "), GRPC),
        (format!("http://127.0.0.1:{port}"), (PROTOBUF, "/v1/traces")),
        (format!("http://localhost:{port}/"), (PROTOBUF, "/v1/traces")),
        (format!("http://127.0.0.1:{port}/my/own"), (PROTOBUF, "/my/own")),
        (format!("http://127.0.0.1:{port}/my/own?token=a%20b"), (PROTOBUF, "/my/own?token=a%20b")),
    ];
    for (count, (url, (content_type, path))) in (1..).zip(table) {
        let seen = seen(&collector, Telespan::from_url(&url).unwrap());
        assert_eq!((seen.0.as_str(), seen.1.as_str()), (content_type, path), "{url}");
        assert_eq!(collector.spans().len(), 2 * count, "{url}");
    }
}

#[test]
fn http_bodies_can_be_json() {
    let collector = MockCollector::start();
    let telespan = Telespan::from_url(&format!("http://{}", collector.address())).unwrap();
    let seen = seen(&collector, telespan.encoding(Encoding::Json));
    assert_eq!((seen.0.as_str(), seen.1.as_str()), ("application/json", "/v1/traces"));
    let body = collector.requests()[0].body.clone();
    let body = std::str::from_utf8(&body).unwrap();
    assert!(body.starts_with("{\"resourceSpans\":[") && body.contains("\"name\":\"inner\""), "{body}");
}

#[test]
fn tls_urls_reach_a_collector_with_tls() {
    let certificates = Certificates::new();
    let tls = server_config(&certificates.server, &[]);
    let collector = MockCollector::builder().tls(tls).start();
    // The certificate is for both names. A CA file makes grpc:// speak TLS.
    let port = collector.address().port();
    let urls = ["grpc://localhost", "grpcs://127.0.0.1", "https://localhost"];
    for (count, url) in (1..).zip(urls) {
        let telespan = Telespan::from_url(&format!("{url}:{port}")).unwrap();
        trace(telespan.ca_cert(certificates.authority.ca_file()));
        assert_eq!(collector.spans().len(), 2 * count, "{url}");
        assert_eq!(collector.requests().last().unwrap().is_grpc(), url.starts_with("grpc"));
    }
}

#[test]
fn a_unix_socket_takes_grpc() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("c.sock");
    let collector = MockCollector::builder().unix_socket(&socket).start();
    for (count, url) in
        (1..).zip([format!("unix:{}", socket.display()), format!("unix://{}", socket.display())])
    {
        trace(Telespan::from_url(&url).unwrap());
        assert_eq!(collector.spans().len(), 2 * count, "{url}");
        assert!(collector.requests()[0].is_grpc());
    }
}

#[test]
fn files_rotate_at_the_limit_and_hold_every_span() {
    const LIMIT: u64 = 4096;
    let directory = tempfile::tempdir().unwrap();
    let traces = directory.path().join("deep down/traces");
    let percent_encoded = traces.to_str().unwrap().replace(' ', "%20");
    let guard =
        Telespan::from_url(&format!("file://{percent_encoded}?limit={LIMIT}")).unwrap().start().unwrap();
    assert_eq!(guard.destination().unwrap().to_string(), traces.display().to_string());
    let tracer = guard.tracer("test");
    for number in 0..100 {
        tracer.start("span").set_attribute("number", number);
    }
    guard.flush().unwrap();
    // The destination is the newest file, which is open and ends before its limit.
    let newest = guard.destination().unwrap().to_string();
    assert!(fs::metadata(&newest).unwrap().len() <= LIMIT, "{newest}");
    shut_down(guard);
    assert_eq!(spans_in(&traces).len(), 100);
    let files: Vec<_> = fs::read_dir(&traces).unwrap().map(Result::unwrap).collect();
    assert!(files.len() > 5, "{files:?}");
    assert!(files.iter().all(|file| (1..=LIMIT).contains(&file.metadata().unwrap().len())));
}

#[test]
fn the_total_of_files_can_be_bounded() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("file:{}?limit=4096&max_files=2", directory.path().display());
    let guard = Telespan::from_url(&url).unwrap().start().unwrap();
    let tracer = guard.tracer("test");
    (0..100).for_each(|_| tracer.start("span").end());
    shut_down(guard);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[test]
fn settings_know_whether_the_connection_is_over_tls() {
    let table = [
        ("grpc://h", false, true),
        ("grpcs://h", true, true),
        ("http://h", false, false),
        ("https://h", true, true),
        ("unix:/s", false, false),
        ("file:d", false, false),
        ("stdout:", false, false),
    ];
    for (url, plain, with_ca) in table {
        let mut settings = ExporterSettings::from(url.parse::<ExporterUrl>().unwrap());
        assert_eq!(settings.is_tls(), plain, "{url}");
        settings.ca_certs.push("ca.pem".into());
        assert_eq!(settings.is_tls(), with_ca, "{url}");
    }
}
