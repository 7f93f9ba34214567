//! The exporter against real sockets.

#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

#[path = "../../../net/tests/exporters/mod.rs"]
mod exporters;
mod failures;
mod replies;
mod requests;
mod tls;

use telespan_http::Encoding;

const ENCODINGS: [Encoding; 2] = [Encoding::Protobuf, Encoding::Json];

/// What the tests that all network exporters share call this one.
mod subject {
    pub(crate) use telespan_http::{
        BuildError, Compression, Endpoint, Headers, HttpBuilder as SubjectBuilder, HttpExporter as Subject,
    };
}
