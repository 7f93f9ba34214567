//! A program that traces as a configuration file says, and knows how its spans must look.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use telespan::{Guard, ResourceBuilder, Span, SpanContext, SpanKind, Status, Telespan, Value, extract};
use telespan_net::Compression;
use telespan_proto::common::v1::any_value::Value as Any;
use telespan_proto::common::v1::{AnyValue, ArrayValue, InstrumentationScope, KeyValue};
use telespan_proto::resource::v1::Resource;
use telespan_proto::trace::v1 as proto;
use telespan_proto::trace::v1::span::{Event, Link, SpanKind as Kind};
use telespan_proto::trace::v1::status::StatusCode;
use telespan_tls::TlsFiles;

use crate::connection::{Connection, FILE_LIMIT, Via};
use crate::spans::{SentSpan, normal};

const REQUESTS: i64 = 100;
const TIMEOUT: Duration = Duration::from_secs(30);
const SERVICE: &str = "interop";
const SCOPE: &str = "interop.requests";
/// Any time will do.
const START: u64 = 1_700_000_000_000_000_000;
const MOMENT: u64 = START + 1;
const END: u64 = START + 1_000_000;

/// Writes a configuration for the connection, traces by it until all is sent, and gives the spans that must arrive.
pub(crate) fn run(config: &Path, connection: &Connection<'_>) -> Result<Vec<SentSpan>> {
    fs::write(config, configuration(connection))?;
    let guard =
        Telespan::from_file(config)?.resource(ResourceBuilder::new().service_name(SERVICE)).start()?;
    ensure!(guard.tracing().is_some(), "the configuration does not enable tracing");
    let mut sent = Vec::new();
    for number in 0..REQUESTS {
        sent.extend(request(&guard, number)?);
    }
    let stats = guard.shutdown_within(TIMEOUT)?;
    ensure!(stats.exported == sent.len() as u64, "not all was exported: {stats:?}");
    Ok(sent)
}

/// The documented example, with the values of this connection.
fn configuration(connection: &Connection<'_>) -> String {
    let mut lines = vec!["enabled: true".to_owned(), "sampling_rate_per_million: 1000000".to_owned()];
    match connection {
        Connection::Directory(path) => {
            lines.push(format!("exporter_url: file:{}?limit={FILE_LIMIT}", path.display()));
        }
        Connection::Network { via, to, tls, compression } => {
            let secure = if tls.is_some() { "s" } else { "" };
            match via {
                Via::Grpc => lines.push(format!("exporter_url: grpc://localhost:{}", to.grpc_port())),
                Via::Http(encoding) => {
                    lines.push(format!("exporter_url: http{secure}://localhost:{}", to.http_port()));
                    lines.push(format!("encoding: {encoding}"));
                }
            }
            if *compression != Compression::None {
                lines.push(format!("compression: {}", compression.name()));
            }
            lines.extend(tls.iter().flat_map(tls_lines));
        }
    }
    format!("tracing_service:\n  {}\n", lines.join("\n  "))
}

fn tls_lines(files: &TlsFiles) -> Vec<String> {
    let mut lines = vec!["ca_certs:".to_owned()];
    lines.extend(files.ca_certs.iter().map(|file| format!("  - {}", file.display())));
    lines.push("https_keypairs:".to_owned());
    for pair in &files.key_pairs {
        lines.push(format!("  - key_file: {}", pair.key_file.display()));
        lines.push(format!("    cert_file: {}", pair.cert_file.display()));
    }
    lines
}

/// A request from elsewhere, work for it on another thread, and a trace that begins here.
fn request(guard: &Guard, number: i64) -> Result<[SentSpan; 3]> {
    let caller = caller()?;
    let (server, server_expected) = serve(guard, &caller, number)?;
    let parent = server.context().context("the sampled request is not recorded")?;
    let worker = thread::scope(|scope| scope.spawn(|| work(guard, parent)).join());
    let work_expected = worker.map_err(|_| anyhow!("the worker panicked"))??;
    server.end_at(END);
    Ok([server_expected, work_expected, clean_up(guard, &caller)?].map(sent))
}

/// Who asked, as its headers say.
fn caller() -> Result<SpanContext> {
    let headers = [
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("tracestate", "vendor=value,other=1"),
    ];
    extract(headers.as_slice()).parent.context("the headers hold no context")
}

fn serve(guard: &Guard, caller: &SpanContext, number: i64) -> Result<(Span, proto::Span)> {
    let tracer = guard.tracer(SCOPE);
    let mut span =
        tracer.span("GET /items").kind(SpanKind::Server).parent(caller.clone()).start_time(START).start();
    span.set_attribute("number", number).set_attribute("route", "/items/{id}").set_attribute("cached", false);
    span.set_attribute("load", 0.75).set_attribute("sizes", [1_i64, 2, 3]);
    span.add_event_at("found", MOMENT, &[("shelf", Value::from("A5"))]);
    let sizes = [1, 2, 3].map(|size| AnyValue { value: Some(Any::IntValue(size)) }).to_vec();
    let expected = proto::Span {
        kind: Kind::Server.into(),
        attributes: vec![
            attribute("number", Any::IntValue(number)),
            attribute("route", Any::StringValue("/items/{id}".to_owned())),
            attribute("cached", Any::BoolValue(false)),
            attribute("load", Any::DoubleValue(0.75)),
            attribute("sizes", Any::ArrayValue(ArrayValue { values: sizes })),
        ],
        events: vec![Event {
            time_unix_nano: MOMENT,
            name: "found".to_owned(),
            attributes: vec![attribute("shelf", Any::StringValue("A5".to_owned()))],
            dropped_attributes_count: 0,
        }],
        ..expected(&span, Some(caller))?
    };
    Ok((span, proto::Span { name: "GET /items".to_owned(), ..expected }))
}

fn work(guard: &Guard, parent: &SpanContext) -> Result<proto::Span> {
    let mut span = guard.tracer(SCOPE).span("work").parent(parent.clone()).start_time(START).start();
    span.set_error("shelf A5 is empty");
    let expected = proto::Span {
        name: "work".to_owned(),
        kind: Kind::Internal.into(),
        status: Some(proto::Status {
            message: "shelf A5 is empty".to_owned(),
            code: StatusCode::Error.into(),
        }),
        ..expected(&span, Some(parent))?
    };
    span.end_at(END);
    Ok(expected)
}

fn clean_up(guard: &Guard, caller: &SpanContext) -> Result<proto::Span> {
    let mut span = guard.tracer(SCOPE).span("clean up").root().start_time(START).start();
    span.add_link(caller, &[("why", Value::from("same item"))]).set_status(Status::Ok);
    let expected = proto::Span {
        name: "clean up".to_owned(),
        kind: Kind::Internal.into(),
        status: Some(proto::Status { message: String::new(), code: StatusCode::Ok.into() }),
        links: vec![Link {
            trace_id: caller.trace_id().to_bytes().to_vec(),
            span_id: caller.span_id().to_bytes().to_vec(),
            trace_state: caller.trace_state().as_str().to_owned(),
            attributes: vec![attribute("why", Any::StringValue("same item".to_owned()))],
            dropped_attributes_count: 0,
            flags: flags(caller, true),
        }],
        ..expected(&span, None)?
    };
    span.end_at(END);
    Ok(expected)
}

/// What follows from the context of a span and its parent.
fn expected(span: &Span, parent: Option<&SpanContext>) -> Result<proto::Span> {
    let context = span.context().context("a span is not recorded")?;
    if let Some(parent) = parent {
        ensure!(context.trace_id() == parent.trace_id(), "a span left the trace of its parent");
    }
    Ok(proto::Span {
        trace_id: context.trace_id().to_bytes().to_vec(),
        span_id: context.span_id().to_bytes().to_vec(),
        trace_state: parent.map(|parent| parent.trace_state().as_str().to_owned()).unwrap_or_default(),
        parent_span_id: parent.map(|parent| parent.span_id().to_bytes().to_vec()).unwrap_or_default(),
        flags: flags(context, parent.is_some_and(SpanContext::is_remote)),
        start_time_unix_nano: START,
        end_time_unix_nano: END,
        ..proto::Span::default()
    })
}

/// The trace flags of W3C, and that OTLP knows whether the context is remote.
fn flags(context: &SpanContext, remote: bool) -> u32 {
    u32::from(context.flags().bits()) | if remote { 0x300 } else { 0x100 }
}

fn sent(span: proto::Span) -> SentSpan {
    let text = |key: &str, value: &str| attribute(key, Any::StringValue(value.to_owned()));
    let attributes = vec![
        text("service.name", SERVICE),
        text("telemetry.sdk.name", "telespan"),
        text("telemetry.sdk.language", "rust"),
        text("telemetry.sdk.version", env!("CARGO_PKG_VERSION")),
    ];
    let resource = Resource { attributes, ..Resource::default() };
    let scope = InstrumentationScope { name: SCOPE.to_owned(), ..InstrumentationScope::default() };
    normal(SentSpan { resource, scope, span, ..SentSpan::default() })
}

fn attribute(key: &str, value: Any) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}
