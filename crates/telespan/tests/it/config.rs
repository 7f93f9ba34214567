//! The configuration file as documented, line by line.

use std::fs;
use std::path::PathBuf;

use telespan::{ExporterUrl, InitError, Telespan, load_config};
use telespan_testkit::certs::{TestPki, server_config};
use telespan_testkit::{MockCollector, Reply};

use crate::support::{Certificates, Heard, PATIENCE, names, send_in_vain, shut_down, trace, two_spans};

const DOCUMENTED: &str = "\
tracing_service:
  enabled: true
  exporter_url: grpc://collector.example.com:4317
  sampling_rate_per_million: 1000000
  # Optional path to CA certificates are used to validate the exporter.
  ca_certs:
    - /var/lib/telespan/exporter_ca.pem
  # Optional path to TLS certificates are used to enable mTLS for the exporter
  https_keypairs:
    - key_file: /var/lib/telespan/exporter_key.pem
      cert_file: /var/lib/telespan/exporter_cert.pem
";

/// What such a file looks like where another program keeps its settings in it too.
const AMONG_OTHERS: &str = "\
version: v3
teleport:
  nodename: node-1
  data_dir: /var/lib/teleport
  auth_token: \"/var/lib/teleport/token\"
  auth_server: auth.example.com:3025
  log: {output: stderr, severity: INFO, format: {output: text}}
  ca_pin: &pin \"sha256:7e12c17c20d9cb504bbcb3f0236be3f446861f1396dcbb44425fe28ec1c108f1\"
auth_service:
  enabled: yes
  listen_addr: 0.0.0.0:3025
  motd: |
    Welcome.
      exporter_url: this is text, not a setting
  session_recording: node-sync
# tracing_service: this is a comment
SECTION
ssh_service:
  enabled: \"yes\"
  labels:
    env: production
  commands:
  - name: hostname
    command: [hostname]
    period: 1m0s
proxy_service:
  enabled: no
  https_keypairs:
  - {key_file: /nowhere/key.pem, cert_file: /nowhere/cert.pem}
";

/// A collector that asks for client certificates, and the documented file adapted to it.
struct Documented {
    certificates: Certificates,
    collector: MockCollector,
}

impl Documented {
    fn new() -> Documented {
        let certificates = Certificates::new();
        let tls = server_config(&certificates.server, &[&certificates.authority]);
        Documented { collector: MockCollector::builder().tls(tls).start(), certificates }
    }

    /// The documented text with this machine's paths and port.
    fn text(&self) -> String {
        let Certificates { authority, client, .. } = &self.certificates;
        DOCUMENTED
            .replace("collector.example.com:4317", &self.collector.address().to_string())
            .replace("/var/lib/telespan/exporter_ca.pem", authority.ca_file().to_str().unwrap())
            .replace("/var/lib/telespan/exporter_key.pem", client.key_file.to_str().unwrap())
            .replace("/var/lib/telespan/exporter_cert.pem", client.cert_file.to_str().unwrap())
    }

    fn file(&self, text: &str) -> PathBuf {
        let path = self.certificates.path("telespan.yaml");
        fs::write(&path, text).unwrap();
        path
    }

    /// Starts what a changed text says: `from` becomes `to`.
    fn changed(&self, from: &str, to: &str) -> Telespan {
        assert!(self.text().contains(from));
        Telespan::from_file(self.file(&self.text().replace(from, to))).unwrap()
    }

    /// The text up to the line that begins with `first`.
    fn until(&self, first: &str) -> String {
        let mut text = self.text();
        text.truncate(text.find(first).unwrap());
        text
    }
}

#[test]
fn the_documented_file_starts_tracing() {
    let documented = Documented::new();
    trace(Telespan::from_file(documented.file(&documented.text())).unwrap());
    assert_eq!(names(&documented.collector.spans()), ["inner", "outer"]);
    let request = &documented.collector.requests()[0];
    assert!(request.is_grpc());
    assert_eq!(request.client_name().as_deref(), Some("alice"));
}

#[test]
fn the_section_works_among_those_of_another_program() {
    let documented = Documented::new();
    let text = AMONG_OTHERS.replace("SECTION\n", &documented.text());
    trace(Telespan::from_file(documented.file(&text)).unwrap());
    assert_eq!(documented.collector.spans().len(), 2);
}

#[test]
fn a_file_without_the_section_turns_tracing_off() {
    let documented = Documented::new();
    let guard = Telespan::from_file(documented.file(&AMONG_OTHERS.replace("SECTION\n", ""))).unwrap().start();
    assert!(guard.unwrap().tracing().is_none());
}

#[test]
fn enabled_turns_tracing_on_and_off() {
    let documented = Documented::new();
    for word in ["false", "no", "Off", "0"] {
        let guard = documented.changed("enabled: true", &format!("enabled: {word}")).start().unwrap();
        assert!(guard.tracing().is_none() && guard.destination().is_none());
        assert!(!guard.tracer("test").is_enabled());
        two_spans(&guard, None);
        guard.flush().unwrap();
        assert_eq!(shut_down(guard).ended, 0);
    }
    assert_eq!(documented.collector.connections(), 0);
    for word in ["yes", "ON", "1"] {
        trace(documented.changed("enabled: true", &format!("enabled: {word}")));
    }
    assert_eq!(documented.collector.spans().len(), 6);
}

#[test]
fn exporter_url_says_where_spans_go() {
    let documented = Documented::new();
    let Certificates { authority, server, .. } = &documented.certificates;
    let other = MockCollector::builder().tls(server_config(server, &[authority])).start();
    let address = documented.collector.address().to_string();
    trace(documented.changed(&address, &other.address().to_string()));
    assert_eq!((documented.collector.spans().len(), other.spans().len()), (0, 2));

    trace(documented.changed(&format!("grpc://{address}"), &format!("https://{}", other.address())));
    let request = other.requests().pop().unwrap();
    assert_eq!((request.is_grpc(), request.path.as_str()), (false, "/v1/traces"));
}

#[test]
fn sampling_rate_per_million_says_how_many_new_traces_are_kept() {
    // The share of trace ids that a rate keeps, as the least value of their last 56 bits.
    for (rate, least) in [(0, None), (500_000, Some(1_u64 << 55)), (1_000_000, Some(0))] {
        let documented = Documented::new();
        let line = format!("sampling_rate_per_million: {rate}");
        let guard = documented.changed("sampling_rate_per_million: 1000000", &line).start().unwrap();
        let tracer = guard.tracer("test");
        let mut kept = 0;
        for _ in 0..1_000 {
            let span = tracer.start("root");
            let id = span.context().unwrap().trace_id().to_bytes();
            let randomness = id[9..].iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
            let keep = least.is_some_and(|least| randomness >= least);
            assert_eq!(span.is_recording(), keep, "{rate}: {randomness:x}");
            kept += u64::from(keep);
        }
        assert_eq!(shut_down(guard).exported, kept);
        assert_eq!(documented.collector.spans().len() as u64, kept);
    }
}

#[test]
fn headers_compression_encoding_and_timeout_have_their_effect() {
    let certificates = Certificates::new();
    let collector = MockCollector::builder().script([Reply::hang()]).start();
    fs::write(certificates.path("headers"), "x-from: a file\n").unwrap();
    let text = format!(
        "tracing_service:\n  enabled: true\n  exporter_url: http://{}\n  sampling_rate_per_million: 1000000\n  \
         headers: {{authorization: Bearer abc}}\n  headers_file: {}\n  compression: gzip\n  encoding: json\n  \
         timeout: 100ms\n",
        collector.address(),
        certificates.path("headers").display(),
    );
    let path = certificates.path("telespan.yaml");
    fs::write(&path, text).unwrap();
    let guard = Telespan::from_file(path).unwrap().start().unwrap();
    two_spans(&guard, None);
    // The first attempt hangs until the timeout. With the default of 10 s this would be too late.
    assert_eq!(guard.shutdown().unwrap().exported, 2);
    assert_eq!(collector.requests().len(), 2);
    let request = collector.requests().pop().unwrap();
    assert_eq!(request.header("authorization"), Some("Bearer abc"));
    assert_eq!(request.header("x-from"), Some("a file"));
    assert_eq!(request.encoding.as_deref(), Some("gzip"));
    assert_eq!(request.content_type(), "application/json");
}

#[test]
fn a_collector_that_ca_certs_do_not_vouch_for_gets_nothing() {
    let documented = Documented::new();
    let stranger = TestPki::named(documented.certificates.path(""), "stranger");
    let trusted = documented.certificates.authority.ca_file().to_str().unwrap();
    let heard = Heard::default();
    let telespan = documented.changed(trusted, stranger.ca_file().to_str().unwrap());
    let guard = heard.listen(telespan).start().unwrap();
    two_spans(&guard, None);
    send_in_vain(&guard);
    let events = heard.wait_for("certificate");
    assert!(events.contains("UnknownIssuer"), "{events}");
    drop(guard);
    assert_eq!(documented.collector.requests().len(), 0);
}

#[test]
fn without_https_keypairs_no_certificate_is_shown() {
    let documented = Documented::new();
    let Certificates { server, .. } = &documented.certificates;
    let lenient = MockCollector::builder().tls(server_config(server, &[])).start();
    let text = documented.until("  # Optional path to TLS");
    let address = documented.collector.address().to_string();
    trace(
        Telespan::from_file(documented.file(&text.replace(&address, &lenient.address().to_string())))
            .unwrap(),
    );
    assert!(lenient.requests()[0].client_certificate.is_none());

    // The other collector asks for one.
    let heard = Heard::default();
    let guard = heard.listen(Telespan::from_file(documented.file(&text)).unwrap()).start().unwrap();
    two_spans(&guard, None);
    send_in_vain(&guard);
    heard.wait_for("CertificateRequired");
    drop(guard);
    assert_eq!(documented.collector.requests().len(), 0);
}

#[test]
fn without_tls_files_a_grpc_url_is_plaintext() {
    let documented = Documented::new();
    let plain = MockCollector::start();
    let text = documented.until("  # Optional path to CA");
    let address = documented.collector.address().to_string();
    trace(
        Telespan::from_file(documented.file(&text.replace(&address, &plain.address().to_string()))).unwrap(),
    );
    assert_eq!(plain.spans().len(), 2);
}

#[test]
fn what_the_code_says_goes_before_the_file() {
    let documented = Documented::new();
    let config = load_config(&documented.file(&documented.text())).unwrap();
    let telespan = Telespan::from_config(&config.tracing_service)
        .sampling_rate(telespan::PerMillion::ZERO)
        .header("x-from", "code");
    let guard = telespan.start().unwrap();
    guard.tracer("test").start("root").end();
    let parent = telespan::extract(&[("traceparent", crate::parents::SAMPLED)][..]).parent;
    guard.tracer("test").span("below").parent(parent).start().end();
    shut_down(guard);
    assert_eq!(names(&documented.collector.spans()), ["below"]);
    assert_eq!(documented.collector.requests()[0].header("x-from"), Some("code"));
}

#[test]
fn certificates_that_change_on_disk_are_used_and_bad_ones_are_told_of() {
    let documented = Documented::new();
    let heard = Heard::default();
    let telespan = Telespan::from_file(documented.file(&documented.text())).unwrap();
    let guard = heard.listen(telespan).start().unwrap();
    fs::write(documented.certificates.authority.ca_file(), "no certificate any more").unwrap();
    two_spans(&guard, None);
    guard.flush_within(PATIENCE).unwrap();
    // The last good ones served, and the hook heard of the others.
    assert_eq!(documented.collector.spans().len(), 2);
    heard.wait_for("no certificate in");
    shut_down(guard);
}

#[test]
fn every_mistake_is_reported_at_once_with_its_place_and_what_certificates_hold_too() {
    let documented = Documented::new();
    let Certificates { authority, server, client, .. } = &documented.certificates;
    let broken = documented.certificates.path("broken.pem");
    fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    let text = format!(
        "tracing_service:\n  enabled: ja\n  exporter_url: grpc://collector:70000\n  sampling_rate_per_million: 2000000\n  \
         timeuot: 3s\n  headers: {{a: \"s3cret\\n\"}}\n  ca_certs:\n    - {}\n    - {}\n    - /nowhere/ca.pem\n  \
         https_keypairs:\n    - key_file: {}\n      cert_file: {}\n",
        authority.ca_file().display(),
        broken.display(),
        client.key_file.display(),
        server.cert_file.display(),
    );
    let path = documented.file(&text);
    let errors = load_config(&path).unwrap_err();
    let expected = [
        (2, "`enabled`: expected true or false, found `ja`"),
        (3, "`exporter_url`: invalid port"),
        (4, "`sampling_rate_per_million`: "),
        (5, "unknown key `timeuot`"),
        (6, "`headers`: "),
        (9, "certificate 1 in "),
        (10, "`ca_certs`: `/nowhere/ca.pem` does not exist"),
        (12, "the private key in "),
    ];
    let found: Vec<_> = errors.iter().map(|error| (error.place.line, error.message.as_str())).collect();
    assert_eq!(found.len(), expected.len(), "{errors}");
    for ((line, message), (expected_line, beginning)) in found.into_iter().zip(expected) {
        assert_eq!(line, expected_line, "{errors}");
        assert!(message.starts_with(beginning), "{message}");
    }
    assert!(errors.to_string().lines().all(|line| line.starts_with(path.to_str().unwrap())));
    assert!(!format!("{errors} {errors:?}").contains("s3cret"));
    assert!(InitError::from(errors).to_string().contains("unknown key `timeuot`"));
}

#[test]
fn the_readme_and_the_test_agree_on_the_documented_file() {
    let settings = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.trim_start().starts_with('#')).map(str::to_owned).collect()
    };
    let readme = include_str!("../../README.md");
    let begin = readme.find("tracing_service:").unwrap();
    let shown = &readme[begin..begin + readme[begin..].find("```").unwrap()];
    assert_eq!(settings(shown), settings(DOCUMENTED));
    assert!("grpc://collector.example.com:4317".parse::<ExporterUrl>().is_ok());
}
