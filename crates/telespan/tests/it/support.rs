//! Places that spans go to, and what came there.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use prost::Message;
use telespan::{Guard, Span, SpanContext, Stats, Telespan};
use telespan_file::TraceFiles;
use telespan_proto::trace::v1::TracesData;
use telespan_testkit::certs::{KeyPairFiles, TestPki, server_config};
use telespan_testkit::{DeliveredSpan, MockCollector};
use tempfile::TempDir;

/// Long enough for anything that works.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Too short for anything that does not work.
pub(crate) const MOMENT: Duration = Duration::from_millis(50);

/// The transports, each with what a program has to say to use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Grpc,
    Http,
    /// https with a certificate on both sides.
    MutualTls,
    Unix,
    File,
}

pub(crate) const TRANSPORTS: [Transport; 5] =
    [Transport::Grpc, Transport::Http, Transport::MutualTls, Transport::Unix, Transport::File];

/// A place that takes spans.
pub(crate) struct Place {
    pub(crate) transport: Transport,
    /// Unless spans go into files.
    pub(crate) collector: Option<MockCollector>,
    certificates: Certificates,
}

impl Place {
    pub(crate) fn new(transport: Transport) -> Place {
        let certificates = Certificates::new();
        let builder = MockCollector::builder();
        let collector = match transport {
            Transport::File => None,
            Transport::Grpc | Transport::Http => Some(builder.start()),
            Transport::Unix => Some(builder.unix_socket(certificates.path("collector.sock")).start()),
            Transport::MutualTls => {
                Some(builder.tls(server_config(&certificates.server, &[&certificates.authority])).start())
            }
        };
        Place { transport, collector, certificates }
    }

    /// Tracing that sends here.
    pub(crate) fn telespan(&self) -> Telespan {
        let telespan = Telespan::from_url(&self.url()).unwrap();
        match self.transport {
            Transport::MutualTls => telespan
                .ca_cert(self.certificates.authority.ca_file())
                .key_pair(&self.certificates.client.key_file, &self.certificates.client.cert_file),
            _ => telespan,
        }
    }

    fn url(&self) -> String {
        let address = || self.collector.as_ref().unwrap().address();
        match self.transport {
            Transport::Grpc => format!("grpc://{}", address()),
            Transport::Http => format!("http://{}", address()),
            Transport::MutualTls => format!("https://{}", address()),
            Transport::Unix => format!("unix:{}", self.certificates.path("collector.sock").display()),
            Transport::File => format!("file:{}", self.certificates.path("traces").display()),
        }
    }

    /// What came so far.
    pub(crate) fn spans(&self) -> Vec<DeliveredSpan> {
        match &self.collector {
            Some(collector) => collector.spans(),
            None => spans_in(&self.certificates.path("traces")),
        }
    }
}

/// An authority with a server's and a client's certificate, in a directory that goes with it.
pub(crate) struct Certificates {
    pub(crate) authority: TestPki,
    pub(crate) server: KeyPairFiles,
    pub(crate) client: KeyPairFiles,
    directory: TempDir,
}

impl Certificates {
    pub(crate) fn new() -> Certificates {
        let directory = tempfile::tempdir().unwrap();
        let authority = TestPki::new(directory.path());
        let (server, client) = (authority.server(), authority.client("alice"));
        Certificates { authority, server, client, directory }
    }

    /// A path in the directory of the certificates.
    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }
}

/// The spans in all trace files of a directory; each line holds one.
pub(crate) fn spans_in(directory: &Path) -> Vec<DeliveredSpan> {
    let files = TraceFiles::open([directory]).unwrap();
    let spans = |line: Result<telespan_file::FileBatch, _>| {
        let data = TracesData::decode(line.unwrap().batch.bytes().clone()).unwrap();
        let spans: Vec<_> = DeliveredSpan::flatten(&data.resource_spans).collect();
        assert_eq!(spans.len(), 1);
        spans
    };
    files.flat_map(spans).collect()
}

/// The names of spans, sorted.
pub(crate) fn names(spans: &[DeliveredSpan]) -> Vec<&str> {
    let mut names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    names.sort_unstable();
    names
}

/// A span with another below it, which ended on another thread: `outer` and `inner`.
pub(crate) fn two_spans(guard: &Guard, parent: Option<SpanContext>) {
    let tracer = guard.tracer("test");
    let outer = tracer.span("outer").parent(parent).start();
    let (tracer, context) = (tracer.clone(), outer.context().cloned());
    std::thread::spawn(move || tracer.span("inner").parent(context).start().end()).join().unwrap();
    Span::end(outer);
}

/// Ends tracing, and everything must have been sent.
pub(crate) fn shut_down(guard: Guard) -> Stats {
    let stats = guard.shutdown_within(PATIENCE).unwrap();
    assert_eq!((stats.exported, stats.queued, stats.dropped_total()), (stats.ended, 0, 0));
    stats
}

/// Records two spans and sends them.
pub(crate) fn trace(telespan: Telespan) -> Stats {
    let guard = telespan.start().unwrap();
    two_spans(&guard, None);
    shut_down(guard)
}

/// Has the spans so far sent at once, to where they cannot go.
pub(crate) fn send_in_vain(guard: &Guard) {
    guard.flush_within(MOMENT).unwrap_err();
}

/// What an event hook heard.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<(Mutex<Vec<String>>, Condvar)>);

impl Heard {
    pub(crate) fn listen(&self, telespan: Telespan) -> Telespan {
        let heard = self.clone();
        telespan.on_event(move |event| {
            let (events, changed) = &*heard.0;
            events.lock().unwrap().push(event.to_string());
            changed.notify_all();
        })
    }

    /// Waits for an event with `text` in it and returns all so far.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        let (events, changed) = &*self.0;
        let missing = |events: &mut Vec<String>| !events.iter().any(|event| event.contains(text));
        let waited = changed.wait_timeout_while(events.lock().unwrap(), PATIENCE, missing).unwrap();
        let all = waited.0.join("\n");
        assert!(!waited.1.timed_out(), "no {text:?} in {all:?}");
        all
    }
}
