//! Why an exporter could not be made.

use std::io;

use telespan_net::Compression;

/// Why an exporter could not be made. Nothing was connected to yet: a collector that is down is no such error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// This build of the crate cannot compress that way.
    #[error("compression {compression} is not built in: enable the feature `{compression}` of telespan-grpc")]
    Compression {
        /// The compression that was asked for.
        compression: Compression,
    },
    /// The exporter's thread could not be started.
    #[error("cannot start the exporter's thread: raise this process's limits of threads and open files")]
    Thread(#[source] io::Error),
}
