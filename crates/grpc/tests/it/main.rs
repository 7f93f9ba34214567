//! The exporter against real sockets.

#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

#[cfg(feature = "gzip")]
mod compressed;
#[path = "../../../net/tests/exporters/mod.rs"]
mod exporters;
mod failures;
mod replies;
mod requests;

/// What the tests that all network exporters share call this one.
mod subject {
    pub(crate) use telespan_grpc::{
        BuildError, Compression, Endpoint, GrpcBuilder as SubjectBuilder, GrpcExporter as Subject, Headers,
    };
}
