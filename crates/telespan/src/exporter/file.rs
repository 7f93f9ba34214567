//! OTLP/JSON lines, into rotating files or on standard output.

use std::sync::Arc;

use telespan_export::Exporter;
use telespan_file::{FileExporter, Rotation, WriterExporter};
use telespan_url::FileOptions;

use crate::{ExporterSettings, InitError};

pub(super) fn rotating(
    settings: &ExporterSettings,
    options: &FileOptions,
) -> Result<Arc<FileExporter>, InitError> {
    let mut rotation = Rotation::new(options.directory()).with_limit(options.limit());
    (rotation.max_files, rotation.max_bytes) = (options.max_files(), options.max_bytes());
    FileExporter::open(rotation).map(Arc::new).map_err(|error| settings.failed(error))
}

pub(super) fn stdout() -> Arc<dyn Exporter> {
    Arc::new(WriterExporter::stdout())
}
