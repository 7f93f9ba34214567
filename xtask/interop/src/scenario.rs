//! The ways from our exporters through collectors into a file.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use telespan_http::Encoding;
use telespan_net::Compression;
use telespan_otlp::Batch;
use telespan_testkit::certs::TestPki;
use telespan_tls::{KeyPair, TlsFiles};

use crate::collector::{Collector, Destination, Source};
use crate::compare::compare;
use crate::sender::{self, Via};
use crate::spans::{self, SentSpan};

/// One way.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    way: Way,
}

enum Way {
    /// Exporter to collector.
    Network { via: Via, security: Security, compression: Compression },
    /// Exporter to files, which a collector reads.
    Files,
    /// Exporter to collector to collector.
    Relay(Via),
}

#[derive(Clone, Copy, PartialEq)]
enum Security {
    Plain,
    Tls,
    MutualTls,
}

/// Every scenario.
pub(crate) fn all() -> Vec<Scenario> {
    use Security::{MutualTls, Plain, Tls};
    let protobuf = Via::Http(Encoding::Protobuf);
    let json = Via::Http(Encoding::Json);
    let network = |name, via, security, compression| Scenario {
        name,
        way: Way::Network { via, security, compression },
    };
    vec![
        network("grpc", Via::Grpc, Plain, Compression::None),
        network("http-protobuf", protobuf, Plain, Compression::None),
        network("http-json", json, Plain, Compression::None),
        network("grpc-tls", Via::Grpc, Tls, Compression::None),
        network("http-protobuf-tls", protobuf, Tls, Compression::None),
        network("http-json-tls", json, Tls, Compression::None),
        network("grpc-mtls", Via::Grpc, MutualTls, Compression::None),
        network("http-protobuf-mtls", protobuf, MutualTls, Compression::None),
        network("http-json-mtls", json, MutualTls, Compression::None),
        network("grpc-gzip", Via::Grpc, Plain, Compression::Gzip),
        network("http-protobuf-gzip", protobuf, Plain, Compression::Gzip),
        network("http-json-gzip-mtls", json, MutualTls, Compression::Gzip),
        Scenario { name: "files", way: Way::Files },
        Scenario { name: "relay-grpc", way: Way::Relay(Via::Grpc) },
        Scenario { name: "relay-http", way: Way::Relay(protobuf) },
    ]
}

impl Scenario {
    /// Runs the scenario and gives the number of spans that came as they were sent.
    pub(crate) fn run(&self, binary: &Path) -> Result<usize> {
        let directory = tempfile::tempdir()?;
        let batches = sender::batches()?;
        let received = match &self.way {
            Way::Network { via, security, compression } => {
                over_network(binary, directory.path(), &batches, *via, *security, *compression)?
            }
            Way::Files => through_files(binary, directory.path(), &batches)?,
            Way::Relay(via) => through_relay(binary, directory.path(), &batches, *via)?,
        };
        let mut sent = Vec::new();
        for batch in &batches {
            sent.extend(spans::of_batch(batch)?);
        }
        compare(&sent, &received)?;
        Ok(received.len())
    }
}

fn over_network(
    binary: &Path,
    directory: &Path,
    batches: &[Batch],
    via: Via,
    security: Security,
    compression: Compression,
) -> Result<Vec<SentSpan>> {
    let pki = TestPki::new(directory);
    let server = pki.server();
    let source = match security {
        Security::Plain => Source::Plain,
        Security::Tls => Source::Tls { server: &server, client_ca: None },
        Security::MutualTls => Source::Tls { server: &server, client_ca: Some(pki.ca_file()) },
    };
    let collector = Collector::start(binary, &directory.join("collector"), &source, &Destination::File)?;
    let ca_only = TlsFiles { ca_certs: vec![pki.ca_file().to_owned()], ..TlsFiles::default() };
    let tls = match security {
        Security::Plain => None,
        Security::Tls => Some(ca_only),
        Security::MutualTls => {
            let stranger = sender::network(via, &collector, Some(ca_only.clone()), compression)?;
            let refused = sender::send(stranger.as_ref(), batches).is_err();
            ensure!(refused, "the collector takes spans without a client certificate");
            let client = pki.client("sender");
            let pair = KeyPair { key_file: client.key_file, cert_file: client.cert_file };
            Some(TlsFiles { key_pairs: vec![pair], ..ca_only })
        }
    };
    let exporter = sender::network(via, &collector, tls, compression)?;
    sender::send(exporter.as_ref(), batches)?;
    spans::of_file(&collector.stop()?)
}

/// Our files are all there when the collector starts; it says nowhere when it has read them, so its output is watched.
fn through_files(binary: &Path, directory: &Path, batches: &[Batch]) -> Result<Vec<SentSpan>> {
    let traces = directory.join("traces");
    sender::send(sender::directory(&traces)?.as_ref(), batches)?;
    let files = traces.read_dir().context("the exporter left no directory")?.count();
    ensure!(files > 2, "{files} files are too few to show that rotation works");
    let collector =
        Collector::start(binary, &directory.join("collector"), &Source::Files(&traces), &Destination::File)?;
    let expected: usize = batches.iter().map(Batch::spans).sum();
    let deadline = Instant::now() + Duration::from_secs(30);
    while Instant::now() < deadline && spans::of_file(collector.output())?.len() < expected {
        thread::sleep(Duration::from_millis(50));
    }
    spans::of_file(&collector.stop()?)
}

fn through_relay(binary: &Path, directory: &Path, batches: &[Batch], via: Via) -> Result<Vec<SentSpan>> {
    let last = Collector::start(binary, &directory.join("last"), &Source::Plain, &Destination::File)?;
    let onward = match via {
        Via::Grpc => Destination::Grpc(&last),
        Via::Http(_) => Destination::Http(&last),
    };
    let first = Collector::start(binary, &directory.join("first"), &Source::Plain, &onward)?;
    let exporter = sender::network(via, &first, None, Compression::None)?;
    sender::send(exporter.as_ref(), batches)?;
    first.stop()?;
    spans::of_file(&last.stop()?)
}
