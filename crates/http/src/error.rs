//! Why an exporter could not be made.

use std::io;

use telespan_net::Compression;

/// Why an exporter could not be made. Nothing was connected to yet: a collector that is down is no such error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The path cannot be requested. Its query is not shown: it may hold a secret.
    #[error(
        "`{path}` cannot be requested: a path begins with `/` and has no fragment, white space or control characters"
    )]
    Path {
        /// The path as given, escaped and without its query.
        path: String,
    },
    /// This build of the crate cannot compress that way.
    #[error("compression {compression} is not built in: enable the feature `{compression}` of telespan-http")]
    Compression {
        /// The compression that was asked for.
        compression: Compression,
    },
    /// The exporter's thread could not be started.
    #[error("cannot start the exporter's thread: raise this process's limits of threads and open files")]
    Thread(#[source] io::Error),
}
