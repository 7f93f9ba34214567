//! Our side: batches sent through our exporters.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use futures_executor::block_on;
use prost::Message as _;
use telespan_export::Exporter;
use telespan_file::{FileExporter, Rotation};
use telespan_grpc::GrpcExporter;
use telespan_http::{Encoding, HttpExporter};
use telespan_net::{Compression, Endpoint};
use telespan_otlp::Batch;
use telespan_proto::common::v1::any_value::Value;
use telespan_testkit::fixture;
use telespan_tls::{ClientTls, TlsFiles};

use crate::collector::Collector;

const TIMEOUT: Duration = Duration::from_secs(30);
/// Enough for many lines, files and frames, few enough to compare at once.
const WIDE_SPANS: usize = 500;

/// The protocol between our exporter and the collector.
#[derive(Clone, Copy)]
pub(crate) enum Via {
    Grpc,
    Http(Encoding),
}

/// What every scenario sends: every field and kind of value, many ordinary spans, and some with a long resource.
pub(crate) fn batches() -> Result<Vec<Batch>> {
    [fixture::kitchen_sink_bytes(), fixture::wide_bytes(WIDE_SPANS), long_resource()]
        .into_iter()
        .map(|bytes| Batch::parse(bytes).context("a fixture is no batch"))
        .collect()
}

/// Spans whose resource alone is longer than what the file receiver looks at to tell files apart by default.
fn long_resource() -> Vec<u8> {
    let mut data = fixture::wide(WIDE_SPANS / 5);
    for of_resource in &mut data.resource_spans {
        let long = fixture::attribute("process.command_line", Value::StringValue("argument ".repeat(250)));
        of_resource.resource.get_or_insert_default().attributes.insert(0, long);
    }
    data.encode_to_vec()
}

/// An exporter to a collector, over TLS if there are files.
pub(crate) fn network(
    via: Via,
    to: &Collector,
    tls: Option<TlsFiles>,
    compression: Compression,
) -> Result<Box<dyn Exporter>> {
    match via {
        Via::Grpc => {
            let endpoint = endpoint(to.grpc_port(), tls, GrpcExporter::ALPN)?;
            Ok(Box::new(GrpcExporter::builder(endpoint).compression(compression).build()?))
        }
        Via::Http(encoding) => {
            let endpoint = endpoint(to.http_port(), tls, HttpExporter::ALPN)?;
            let builder = HttpExporter::builder(endpoint).encoding(encoding).compression(compression);
            Ok(Box::new(builder.build()?))
        }
    }
}

/// An exporter into a directory that turns to the next file often.
pub(crate) fn directory(path: &Path) -> Result<Box<dyn Exporter>> {
    Ok(Box::new(FileExporter::open(Rotation::new(path).with_limit(64 * 1024))?))
}

fn endpoint(port: u16, tls: Option<TlsFiles>, alpn: &[&[u8]]) -> Result<Endpoint> {
    let Some(files) = tls else { return Ok(Endpoint::tcp("127.0.0.1", port)?) };
    let tls = ClientTls::load(files, alpn).map_err(|errors| anyhow!("{errors:?}"))?;
    Ok(Endpoint::tls("localhost", port, tls)?)
}

/// Sends all batches, each in one attempt, and ends the exporter.
pub(crate) fn send(exporter: &dyn Exporter, batches: &[Batch]) -> Result<()> {
    let deadline = Instant::now() + TIMEOUT;
    for batch in batches {
        let accepted = block_on(exporter.export(batch, deadline))?;
        ensure!(accepted.rejected == 0, "{} spans were rejected: {:?}", accepted.rejected, accepted.message);
    }
    block_on(exporter.shutdown(deadline))?;
    Ok(())
}
