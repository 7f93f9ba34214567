//! A collector that is busy once and then takes everything, asked by hand.
//!
//! Run it with `cargo run -p telespan-testkit --example script`.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

use telespan_testkit::{MockCollector, Reply, fixture};

fn main() -> io::Result<()> {
    let busy = Reply::http_status(503, &[("retry-after", "1")], "");
    let collector = MockCollector::builder().script([busy]).start();
    let spans = fixture::wide_bytes(3);
    for _ in 0..2 {
        println!("{}", post(&collector, &spans)?);
    }
    println!("{} requests, {} spans accepted", collector.requests().len(), collector.spans().len());
    Ok(())
}

/// Sends one export; gives the first line of the answer.
fn post(collector: &MockCollector, body: &[u8]) -> io::Result<String> {
    let mut connection = TcpStream::connect(collector.address())?;
    write!(
        connection,
        "POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-protobuf\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    connection.write_all(body)?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}
