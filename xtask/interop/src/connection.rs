//! What a sender is connected to.

use std::path::Path;

use telespan_http::Encoding;
use telespan_net::Compression;
use telespan_tls::TlsFiles;

use crate::collector::Collector;

/// The files of a directory hold this many bytes, so that a few hundred spans make several of them.
pub(crate) const FILE_LIMIT: u64 = 64 * 1024;

/// The protocol between a sender and a collector.
#[derive(Clone, Copy)]
pub(crate) enum Via {
    Grpc,
    Http(Encoding),
}

/// The other end of a sender.
pub(crate) enum Connection<'a> {
    /// A collector, over TLS if there are files.
    Network { via: Via, to: &'a Collector, tls: Option<TlsFiles>, compression: Compression },
    /// A directory of rotating files.
    Directory(&'a Path),
}
