//! Makes one HTTP request from a plain thread: what an exporter does with a transport, without the exporting.
//!
//! Run it with `cargo run -p telespan-net --example get -- localhost 4318`.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http::uri::PathAndQuery;
use http_body_util::Empty;
use telespan_export::ExportError;
use telespan_net::{Endpoint, HttpClient, Protocol, Transport};
use tower_service::Service;

/// Replies of more bytes are refused.
const MOST: usize = 64 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let host = arguments.next().unwrap_or_else(|| "localhost".to_owned());
    let port = arguments.next().map_or(Ok(4318), |port| port.parse())?;

    let transport = Transport::start(Endpoint::tcp(&host, port)?, Protocol::Http)?;
    let deadline = Instant::now() + Duration::from_secs(5);
    match futures_executor::block_on(transport.attempt(deadline, get)) {
        Ok(answer) => println!("{}: {answer}", transport.endpoint()),
        // Nobody listening is an answer too, with a hint.
        Err(error) => println!("{}", error.chain()),
    }
    futures_executor::block_on(transport.shutdown(deadline));
    Ok(())
}

/// Asks for `/` and says what came back.
async fn get(mut client: HttpClient<Empty<Bytes>>) -> Result<String, ExportError> {
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = client.endpoint().uri(PathAndQuery::from_static("/"));
    let reply = client.call(request).await.map_err(|error| client.explain(&error))?;
    let status = reply.status();
    let body = client.read(reply.into_body(), MOST).await?;
    Ok(format!("{status}, {} bytes", body.len()))
}
