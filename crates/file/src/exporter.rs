//! [`FileExporter`]: spans into rotating files, one a line.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use telespan_export::{Accepted, BoxFuture, ExportError, Exporter};
use telespan_otlp::Batch;

use crate::lines::{BatchLines, Stopped};
use crate::{OpenError, RotatingWriter, Rotation, WriteError};

/// Writes batches into rotating files: each line an OTLP/JSON `TracesData` with exactly one span, its
/// resource and its scope.
///
/// Accepted means that the kernel has the whole lines. A batch that fails half-way, on a full disk say,
/// is reported as retryable, and the next attempt with the same bytes goes on behind the lines that are
/// written, so that no span is lost or doubled. (The places of the last eight such batches are kept.)
///
/// The futures do their work when polled and block for as long as the disk does.
#[derive(Debug)]
pub struct FileExporter {
    directory: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    lines: BatchLines,
    /// `None` after the shutdown.
    writer: Option<RotatingWriter>,
    /// What the writer knew when it was closed.
    newest_file: Option<PathBuf>,
    removed_files: u64,
}

impl FileExporter {
    /// Creates the directory if need be and makes sure that it can be written to.
    ///
    /// # Errors
    /// [`OpenError`] names the directory and what is wrong with it.
    pub fn open(rotation: Rotation) -> Result<FileExporter, OpenError> {
        RotatingWriter::open(rotation).map(FileExporter::new)
    }

    /// Writes through `writer`.
    pub fn new(writer: RotatingWriter) -> FileExporter {
        let directory = writer.rotation().directory.clone();
        let state =
            State { lines: BatchLines::default(), writer: Some(writer), newest_file: None, removed_files: 0 };
        FileExporter { directory, state: Mutex::new(state) }
    }

    /// The directory of the files.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The file that the newest span went to, open or not.
    pub fn newest_file(&self) -> Option<PathBuf> {
        let state = self.lock();
        state.writer.as_ref().map_or_else(|| state.newest_file.clone(), RotatingWriter::newest_file)
    }

    /// How many old files were removed to keep within the limits of the [`Rotation`].
    pub fn removed_files(&self) -> u64 {
        let state = self.lock();
        state.writer.as_ref().map_or(state.removed_files, RotatingWriter::removed_files)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, batch: &Batch, deadline: Instant) -> Result<Accepted, ExportError> {
        let mut state = self.lock();
        let State { lines, writer: Some(writer), .. } = &mut *state else {
            return Err(ExportError::closed());
        };
        lines.write(batch, deadline, |piece| writer.write_lines(piece).map_err(stopped))?;
        Ok(Accepted::default())
    }

    fn make_durable(&self) -> Result<(), ExportError> {
        let mut state = self.lock();
        let writer = state.writer.as_mut().ok_or_else(ExportError::closed)?;
        writer.sync().map_err(|error| ExportError::retryable(error.to_string()).with_source(error.source))
    }

    fn close(&self) {
        let mut state = self.lock();
        if let Some(writer) = state.writer.take() {
            state.newest_file = writer.newest_file();
            state.removed_files = writer.removed_files();
        }
    }
}

impl Exporter for FileExporter {
    fn export<'a>(
        &'a self,
        batch: &'a Batch,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<Accepted, ExportError>> {
        Box::pin(async move { self.write(batch, deadline) })
    }

    fn sync(&self, _deadline: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        Box::pin(async move { self.make_durable() })
    }

    fn shutdown(&self, _deadline: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        Box::pin(async move {
            self.close();
            Ok(())
        })
    }
}

fn stopped(error: WriteError) -> Stopped {
    let lines = error.kept().lines;
    let text = error.to_string();
    let error = match error {
        WriteError::CreateFile { source, .. } | WriteError::Write { source, .. } => {
            ExportError::retryable(text).with_source(source)
        }
        WriteError::NotWholeLines => ExportError::permanent(text),
    };
    Stopped { lines, error }
}
