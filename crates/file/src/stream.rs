//! [`WriterExporter`]: spans to standard output or any other stream, one a line.

use std::fmt;
use std::io::{self, Stdout, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use memchr::{memchr, memchr_iter};
use telespan_export::{Accepted, BoxFuture, ExportError, Exporter, Failure};
use telespan_otlp::Batch;

use crate::lines::{BatchLines, Stopped};

/// Writes batches to a stream: each line an OTLP/JSON `TracesData` with exactly one span.
///
/// A line that was written in part when the stream failed is completed before anything else is written,
/// so lines stay whole. A broken pipe is a permanent failure, everything else is retryable.
pub struct WriterExporter<W> {
    state: Mutex<State<W>>,
}

struct State<W> {
    lines: BatchLines,
    /// `None` after the shutdown.
    stream: Option<W>,
    /// The end of a line whose beginning is written.
    tail: Vec<u8>,
}

impl WriterExporter<Stdout> {
    /// Writes to standard output.
    pub fn stdout() -> WriterExporter<Stdout> {
        WriterExporter::new(io::stdout())
    }
}

impl<W: Write + Send + 'static> WriterExporter<W> {
    /// Writes to `stream` in pieces of many lines; it need not be buffered.
    pub fn new(stream: W) -> WriterExporter<W> {
        let state = State { lines: BatchLines::default(), stream: Some(stream), tail: Vec::new() };
        WriterExporter { state: Mutex::new(state) }
    }

    fn write(&self, batch: &Batch, deadline: Instant) -> Result<Accepted, ExportError> {
        // Nothing in here panics half-way through a change.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { lines, stream: Some(stream), tail } = &mut *state else {
            return Err(ExportError::closed());
        };
        lines.write(batch, deadline, |piece| write_lines(stream, tail, piece))?;
        Ok(Accepted::default())
    }
}

impl<W: Write + Send + 'static> Exporter for WriterExporter<W> {
    fn export<'a>(
        &'a self,
        batch: &'a Batch,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<Accepted, ExportError>> {
        Box::pin(async move { self.write(batch, deadline) })
    }

    fn shutdown(&self, _deadline: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        Box::pin(async move {
            drop(self.state.lock().unwrap_or_else(PoisonError::into_inner).stream.take());
            Ok(())
        })
    }
}

impl<W> fmt::Debug for WriterExporter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriterExporter").finish_non_exhaustive()
    }
}

/// Writes `tail` and then `lines`; flushes if there are none. On failure `tail` is what is missing of a line that has begun.
fn write_lines(stream: &mut impl Write, tail: &mut Vec<u8>, lines: &[u8]) -> Result<(), Stopped> {
    if let Err((written, source)) = write(stream, tail) {
        tail.drain(..written);
        return Err(Stopped { lines: 0, error: export_error(source) });
    }
    tail.clear();
    if lines.is_empty() {
        return stream.flush().map_err(|source| Stopped { lines: 0, error: export_error(source) });
    }
    write(stream, lines).map_err(|(written, source)| {
        let mut begun = memchr_iter(b'\n', &lines[..written]).count();
        if written > 0 && lines[written - 1] != b'\n' {
            let end = memchr(b'\n', &lines[written..]).map_or(lines.len(), |end| written + end + 1);
            tail.extend_from_slice(&lines[written..end]);
            begun += 1;
        }
        Stopped { lines: begun, error: export_error(source) }
    })
}

/// Writes all bytes, or says how many were written before the failure.
fn write(stream: &mut impl Write, bytes: &[u8]) -> Result<(), (usize, io::Error)> {
    let mut written = 0;
    while written < bytes.len() {
        match stream.write(&bytes[written..]) {
            Ok(0) => return Err((written, io::ErrorKind::WriteZero.into())),
            Ok(n) => written += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((written, error)),
        }
    }
    Ok(())
}

fn export_error(source: io::Error) -> ExportError {
    let failure = match source.kind() {
        io::ErrorKind::BrokenPipe => Failure::Permanent,
        _ => Failure::Retryable { after: None },
    };
    ExportError::new(failure, "spans cannot be written to the output stream").with_source(source)
}
