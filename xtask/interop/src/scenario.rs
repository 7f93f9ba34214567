//! The ways from a sender through collectors into a file.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use telespan_http::Encoding;
use telespan_net::Compression;
use telespan_testkit::certs::TestPki;
use telespan_tls::{KeyPair, TlsFiles};

use crate::collector::{Collector, Destination, Source};
use crate::compare::compare;
use crate::connection::{Connection, Via};
use crate::program::Program;
use crate::spans::{self, SentSpan};
use crate::{sender, service};

/// How long a collector may take to notice files and read them.
const PATIENCE: Duration = Duration::from_secs(30);

/// One way.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    what: What,
}

/// Who sends.
#[derive(Clone, Copy)]
enum By {
    /// An exporter, directly, which can send what no program would.
    Exporter,
    /// A program that was given a configuration file.
    Configuration,
}

enum Way {
    /// Sender to collector.
    Network(Network),
    /// Sender to files, which a collector reads.
    Files,
    /// Sender to collector to collector.
    Relay(Via),
}

/// What a scenario runs.
enum What {
    /// A sender whose every span is known beforehand.
    Sender(By, Way),
    /// A program that makes spans of its own.
    Program(Program),
}

#[derive(Clone, Copy)]
struct Network {
    via: Via,
    security: Security,
    compression: Compression,
}

#[derive(Clone, Copy)]
enum Security {
    Plain,
    Tls,
    MutualTls,
}

/// Every scenario.
pub(crate) fn all() -> Vec<Scenario> {
    use By::{Configuration, Exporter};
    use Compression::{Gzip, None};
    use Program::{CommandLine, Service};
    use Security::{MutualTls, Plain, Tls};
    const GRPC: Via = Via::Grpc;
    const PROTOBUF: Via = Via::Http(Encoding::Protobuf);
    const JSON: Via = Via::Http(Encoding::Json);
    let sender = |name, by, way| Scenario { name, what: What::Sender(by, way) };
    let network = |name, by, via, security, compression| {
        sender(name, by, Way::Network(Network { via, security, compression }))
    };
    let program = |name, program| Scenario { name, what: What::Program(program) };
    vec![
        network("grpc", Exporter, GRPC, Plain, None),
        network("grpc-tls", Exporter, GRPC, Tls, None),
        network("grpc-mtls", Exporter, GRPC, MutualTls, None),
        network("grpc-gzip", Exporter, GRPC, Plain, Gzip),
        network("http-protobuf", Exporter, PROTOBUF, Plain, None),
        network("http-protobuf-tls", Exporter, PROTOBUF, Tls, None),
        network("http-protobuf-mtls", Exporter, PROTOBUF, MutualTls, None),
        network("http-protobuf-gzip", Exporter, PROTOBUF, Plain, Gzip),
        network("http-json", Exporter, JSON, Plain, None),
        network("http-json-tls", Exporter, JSON, Tls, None),
        network("http-json-mtls", Exporter, JSON, MutualTls, None),
        network("http-json-gzip", Exporter, JSON, Plain, Gzip),
        sender("files", Exporter, Way::Files),
        sender("relay-grpc", Exporter, Way::Relay(GRPC)),
        sender("relay-http", Exporter, Way::Relay(PROTOBUF)),
        network("config-grpc", Configuration, GRPC, Plain, None),
        network("config-grpc-tls", Configuration, GRPC, Tls, None),
        network("config-grpc-mtls", Configuration, GRPC, MutualTls, None),
        network("config-http-protobuf-mtls", Configuration, PROTOBUF, MutualTls, Gzip),
        network("config-http-json-tls", Configuration, JSON, Tls, None),
        sender("config-files", Configuration, Way::Files),
        sender("config-relay-grpc", Configuration, Way::Relay(GRPC)),
        program("service-without-runtime", Service("none")),
        program("service-current-thread", Service("current_thread")),
        program("service-multi-thread", Service("multi_thread")),
        program("command-line", CommandLine),
    ]
}

impl Scenario {
    /// Runs the scenario and gives the number of spans that came as they were sent.
    pub(crate) fn run(&self, binary: &Path) -> Result<usize> {
        let directory = tempfile::tempdir()?;
        let (by, way) = match &self.what {
            What::Sender(by, way) => (*by, way),
            What::Program(program) => return program.run(binary, directory.path()),
        };
        let (sent, received) = match way {
            Way::Network(network) => by.over_network(binary, directory.path(), *network)?,
            Way::Files => by.through_files(binary, directory.path())?,
            Way::Relay(via) => by.through_relay(binary, directory.path(), *via)?,
        };
        compare(&sent, &received)?;
        Ok(received.len())
    }
}

impl By {
    /// Sends, and says what.
    fn send(self, directory: &Path, connection: &Connection<'_>) -> Result<Vec<SentSpan>> {
        match self {
            By::Exporter => sender::send(connection),
            By::Configuration => service::run(&directory.join("telespan.yaml"), connection),
        }
    }

    fn over_network(
        self,
        binary: &Path,
        directory: &Path,
        network: Network,
    ) -> Result<(Vec<SentSpan>, Vec<SentSpan>)> {
        let pki = TestPki::new(directory);
        let server = pki.server();
        let source = match network.security {
            Security::Plain => Source::Plain,
            Security::Tls => Source::Tls { server: &server, client_ca: None },
            Security::MutualTls => Source::Tls { server: &server, client_ca: Some(pki.ca_file()) },
        };
        let collector = Collector::start(binary, &directory.join("collector"), &source, &Destination::File)?;
        let Network { via, compression, .. } = network;
        let connection = |tls| Connection::Network { via, to: &collector, tls, compression };
        let ca_only = TlsFiles { ca_certs: vec![pki.ca_file().to_owned()], ..TlsFiles::default() };
        let tls = match network.security {
            Security::Plain => None,
            Security::Tls => Some(ca_only),
            Security::MutualTls => {
                let refused = sender::send(&connection(Some(ca_only.clone()))).is_err();
                ensure!(refused, "the collector takes spans without a client certificate");
                let client = pki.client("sender");
                let pair = KeyPair { key_file: client.key_file, cert_file: client.cert_file };
                Some(TlsFiles { key_pairs: vec![pair], ..ca_only })
            }
        };
        let sent = self.send(directory, &connection(tls))?;
        Ok((sent, spans::of_file(&collector.stop()?)?))
    }

    /// Our files are all there when the collector starts. It says nowhere when it has read them, so its output is
    /// watched.
    fn through_files(self, binary: &Path, directory: &Path) -> Result<(Vec<SentSpan>, Vec<SentSpan>)> {
        let traces = directory.join("traces");
        let sent = self.send(directory, &Connection::Directory(&traces))?;
        let files = fs::read_dir(&traces).context("the sender left no directory")?.count();
        ensure!(files > 2, "{files} files are too few to show that rotation works");
        let source = Source::Files(&traces);
        let collector = Collector::start(binary, &directory.join("collector"), &source, &Destination::File)?;
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline && spans::of_file(collector.output())?.len() < sent.len() {
            thread::sleep(Duration::from_millis(50));
        }
        Ok((sent, spans::of_file(&collector.stop()?)?))
    }

    fn through_relay(
        self,
        binary: &Path,
        directory: &Path,
        via: Via,
    ) -> Result<(Vec<SentSpan>, Vec<SentSpan>)> {
        let last = Collector::start(binary, &directory.join("last"), &Source::Plain, &Destination::File)?;
        let onward = match via {
            Via::Grpc => Destination::Grpc(&last),
            Via::Http(_) => Destination::Http(&last),
        };
        let first = Collector::start(binary, &directory.join("first"), &Source::Plain, &onward)?;
        let connection = Connection::Network { via, to: &first, tls: None, compression: Compression::None };
        let sent = self.send(directory, &connection)?;
        first.stop()?;
        Ok((sent, spans::of_file(&last.stop()?)?))
    }
}
