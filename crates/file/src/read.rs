//! [`TraceFiles`]: batches back out of trace files.

mod line_reader;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::vec;

use telespan_otlp::Batch;
use telespan_otlp::json::{self, JsonError};

use line_reader::{Line, LineReader};

/// The longest line that is read, in bytes.
const LONGEST_LINE: usize = 64 * 1024 * 1024;

/// The names of trace files in a directory end with one of these.
const EXTENSIONS: [&str; 3] = ["jsonl", "json", "trace"];

/// The content of one line, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileBatch {
    /// The file.
    pub path: Arc<Path>,
    /// The line in it, from 1.
    pub line: u64,
    /// The spans of the line.
    pub batch: Batch,
}

/// Why a file or a line of it could not be read. Reading goes on behind it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The system does not let the file or directory be read.
    #[error("{} cannot be read", path.display())]
    File {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line in the middle of a file is not OTLP/JSON.
    #[error("line {line} of {} is not a trace in OTLP/JSON", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        source: JsonError,
    },
    /// A line is longer than any that is read.
    #[error("line {line} of {} is longer than {limit} bytes", path.display())]
    LineTooLong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The longest line that is read, in bytes.
        limit: usize,
    },
}

/// Reads trace files line by line: an iterator of batches and of what could not be read.
///
/// Understood are OTLP/JSON lines with any number of spans, as this crate, a collector's file exporter and
/// Teleport (`.trace`) write them. Blank lines are skipped. A last line that cannot be read is taken for
/// torn, by a crash or because it is being written: it is skipped and [counted](TraceFiles::torn_lines).
/// Memory is bounded by the longest line, 64 MiB at most; a hostile one, of tiny members out of order, takes some
/// twenty times its length.
#[derive(Debug)]
pub struct TraceFiles {
    files: vec::IntoIter<PathBuf>,
    open: Option<OpenFile>,
    torn_lines: u64,
}

#[derive(Debug)]
struct OpenFile {
    path: Arc<Path>,
    lines: LineReader<File>,
}

impl TraceFiles {
    /// Reads the files given, and of each directory given the files ending with `.jsonl`, `.json` or
    /// `.trace`, in the order of their names. Subdirectories are left alone.
    ///
    /// # Errors
    /// [`ReadError::File`] if a path does not exist or a directory cannot be listed. Files are opened later.
    pub fn open<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<TraceFiles, ReadError> {
        let mut files = Vec::new();
        for path in paths {
            let path = path.as_ref();
            gather(path, &mut files).map_err(|source| ReadError::File { path: path.into(), source })?;
        }
        files.sort_by(|a, b| (a.file_name(), a).cmp(&(b.file_name(), b)));
        files.dedup();
        Ok(TraceFiles { files: files.into_iter(), open: None, torn_lines: 0 })
    }

    /// How many torn last lines were skipped so far, at most one a file.
    pub fn torn_lines(&self) -> u64 {
        self.torn_lines
    }

    fn next_file(&mut self) -> Option<Result<OpenFile, ReadError>> {
        let path = self.files.next()?;
        Some(match File::open(&path) {
            Ok(file) => Ok(OpenFile { path: path.into(), lines: LineReader::new(file, LONGEST_LINE) }),
            Err(source) => Err(ReadError::File { path, source }),
        })
    }
}

impl Iterator for TraceFiles {
    type Item = Result<FileBatch, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut file = match self.open.take() {
                Some(file) => file,
                None => match self.next_file()? {
                    Ok(file) => file,
                    Err(error) => return Some(Err(error)),
                },
            };
            match file.next_batch() {
                Ok(Found::Batch(batch)) => {
                    self.open = Some(file);
                    return Some(Ok(batch));
                }
                Ok(Found::End { torn }) => self.torn_lines += u64::from(torn),
                Err(error) => {
                    // A file that cannot be read once is not tried for ever.
                    if !matches!(error, ReadError::File { .. }) {
                        self.open = Some(file);
                    }
                    return Some(Err(error));
                }
            }
        }
    }
}

enum Found {
    Batch(FileBatch),
    End { torn: bool },
}

impl OpenFile {
    /// Reads on to the next batch, over blank lines.
    fn next_batch(&mut self) -> Result<Found, ReadError> {
        loop {
            let unreadable = |source| ReadError::File { path: self.path.to_path_buf(), source };
            let parsed = match self.lines.next_line().map_err(unreadable)? {
                None => return Ok(Found::End { torn: false }),
                Some(Line::Whole(line)) if line.trim_ascii().is_empty() => continue,
                Some(Line::Whole(line)) => json::parse(line),
                Some(Line::TooLong) => return Err(self.too_long()),
            };
            let line = self.lines.number();
            return match parsed {
                Ok(batch) => Ok(Found::Batch(FileBatch { path: Arc::clone(&self.path), line, batch })),
                Err(_) if self.lines.at_end().map_err(unreadable)? => Ok(Found::End { torn: true }),
                Err(source) => Err(ReadError::Line { path: self.path.to_path_buf(), line, source }),
            };
        }
    }

    fn too_long(&self) -> ReadError {
        let path = self.path.to_path_buf();
        ReadError::LineTooLong { path, line: self.lines.number(), limit: LONGEST_LINE }
    }
}

/// Adds the file, or the trace files of the directory, at `path`.
fn gather(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        files.push(path.into());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        let named = path.extension().is_some_and(|ext| EXTENSIONS.iter().any(|known| ext == *known));
        if named && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}
