//! Batches sent through an exporter, as they are.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use futures_executor::block_on;
use prost::Message as _;
use telespan_export::Exporter;
use telespan_file::{FileExporter, Rotation};
use telespan_grpc::GrpcExporter;
use telespan_http::HttpExporter;
use telespan_net::Endpoint;
use telespan_otlp::Batch;
use telespan_proto::common::v1::any_value::Value;
use telespan_testkit::fixture;
use telespan_tls::{ClientTls, TlsFiles};

use crate::connection::{Connection, FILE_LIMIT, Via};
use crate::spans::{self, SentSpan};

const TIMEOUT: Duration = Duration::from_secs(30);
/// Enough for many lines, files and frames, few enough to compare at once.
const WIDE_SPANS: usize = 500;

/// Sends all batches, each in one attempt, ends the exporter and says what was sent.
pub(crate) fn send(connection: &Connection<'_>) -> Result<Vec<SentSpan>> {
    let exporter = exporter(connection)?;
    let deadline = Instant::now() + TIMEOUT;
    let mut sent = Vec::new();
    for batch in batches()? {
        let accepted = block_on(exporter.export(&batch, deadline))?;
        ensure!(accepted.rejected == 0, "{} spans were rejected: {:?}", accepted.rejected, accepted.message);
        sent.extend(spans::of_batch(&batch)?);
    }
    block_on(exporter.shutdown(deadline))?;
    Ok(sent)
}

/// Every field and kind of value, many ordinary spans, and some with a long resource.
fn batches() -> Result<Vec<Batch>> {
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

fn exporter(connection: &Connection<'_>) -> Result<Box<dyn Exporter>> {
    let (via, to, tls, compression) = match connection {
        Connection::Directory(path) => {
            return Ok(Box::new(FileExporter::open(Rotation::new(path).with_limit(FILE_LIMIT))?));
        }
        Connection::Network { via, to, tls, compression } => (via, to, tls.as_ref(), *compression),
    };
    match via {
        Via::Grpc => {
            let endpoint = endpoint(to.grpc_port(), tls, GrpcExporter::ALPN)?;
            Ok(Box::new(GrpcExporter::builder(endpoint).compression(compression).build()?))
        }
        Via::Http(encoding) => {
            let endpoint = endpoint(to.http_port(), tls, HttpExporter::ALPN)?;
            let builder = HttpExporter::builder(endpoint).encoding(*encoding).compression(compression);
            Ok(Box::new(builder.build()?))
        }
    }
}

fn endpoint(port: u16, tls: Option<&TlsFiles>, alpn: &[&[u8]]) -> Result<Endpoint> {
    let Some(files) = tls else { return Ok(Endpoint::tcp("127.0.0.1", port)?) };
    let tls = ClientTls::load(files.clone(), alpn).map_err(|errors| anyhow!("{errors:?}"))?;
    Ok(Endpoint::tls("localhost", port, tls)?)
}
