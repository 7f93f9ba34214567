//! Sends one span: `cargo run -p telespan-grpc --example send_grpc -- localhost:4317`.
#![allow(clippy::print_stdout, reason = "an example shows what happens")]

use std::error::Error;
use std::time::{Duration, Instant, SystemTime};

use futures_executor::block_on;
use telespan_export::Exporter;
use telespan_grpc::{Endpoint, GrpcExporter};
use telespan_otlp::{Batch, BatchEncoder, Resource, Scope, SpanEncoder, SpanHead, SpanKind, Status, Value};

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "localhost:4317".to_owned());
    let (host, port) = address.rsplit_once(':').ok_or("usage: send HOST:PORT")?;
    let exporter = GrpcExporter::builder(Endpoint::tcp(host, port.parse()?)?).build()?;
    let deadline = Instant::now() + Duration::from_secs(10);
    match block_on(exporter.export(&one_span()?, deadline)) {
        Ok(accepted) => println!("{address} accepted the span: {accepted:?}"),
        Err(error) => println!("not sent ({:?}): {}", error.failure(), error.chain()),
    }
    block_on(exporter.shutdown(deadline))?;
    Ok(())
}

fn one_span() -> Result<Batch, Box<dyn Error>> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_nanos();
    let head = SpanHead {
        trace_id: now.to_be_bytes(),
        span_id: *b"send-one",
        trace_state: "",
        parent_span_id: None,
        name: "hello",
        kind: SpanKind::Internal,
        start_time_unix_nano: now as u64,
        end_time_unix_nano: now as u64 + 1_000_000,
        status: &Status::Unset,
        flags: 0x101,
    };
    let mut batch = BatchEncoder::new(Resource::new([("service.name", Value::Str("send".into()))]));
    batch.push(&Scope::new("telespan-grpc", "", "", []), &head, &SpanEncoder::new());
    Ok(batch.finish().ok_or("a span was pushed")?)
}
