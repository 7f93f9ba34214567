//! [`RotatingWriter`]: whole lines into files that rotate by size. Bytes only, it knows nothing of traces.

mod directory;
mod error;
mod name;
mod open_file;

use std::fmt;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use memchr::{memchr, memrchr};

pub use error::{Kept, OpenError, SyncError, WriteError};
use name::FileName;
use open_file::{AppendError, OpenFile};

/// Where lines go and when the next file begins.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rotation {
    /// The directory of the files.
    pub directory: PathBuf,
    /// The largest file in bytes. Only a single line that is longer may exceed it, in a file of its own.
    pub limit: u64,
    /// How many files to keep, the open one included. `None` keeps all.
    pub max_files: Option<u64>,
    /// How many bytes of files to keep, looked at whenever a file is opened, so that the total stays
    /// below this number and one `limit`. `None` keeps all.
    pub max_bytes: Option<u64>,
}

impl Rotation {
    /// The default [`limit`](Rotation::limit): 100 MiB.
    pub const DEFAULT_LIMIT: u64 = 100 * 1024 * 1024;

    /// Files of 100 MiB in `directory`, all of them kept.
    pub fn new(directory: impl Into<PathBuf>) -> Rotation {
        let directory = directory.into();
        Rotation { directory, limit: Self::DEFAULT_LIMIT, max_files: None, max_bytes: None }
    }

    /// Sets the largest file in bytes.
    #[must_use]
    pub fn with_limit(self, limit: u64) -> Rotation {
        Rotation { limit, ..self }
    }

    /// Sets how many files to keep, the open one included.
    #[must_use]
    pub fn with_max_files(self, max_files: u64) -> Rotation {
        Rotation { max_files: Some(max_files), ..self }
    }

    /// Sets how many bytes of files to keep.
    #[must_use]
    pub fn with_max_bytes(self, max_bytes: u64) -> Rotation {
        Rotation { max_bytes: Some(max_bytes), ..self }
    }
}

/// Writes whole lines into a directory of files that rotate by size.
///
/// - No file splits a line, none is empty, and none exceeds the limit unless it holds one line only.
/// - Files are named `<opening time, unix nanoseconds, 20 digits>-<16 hex digits>.jsonl` and sort by age.
///   They belong to this user alone (0600, a new directory 0700) and are locked (`flock`) while open.
/// - Any number of writers and processes may share the directory.
/// - A line is whole or absent: what an error leaves half written is taken back.
/// - Written means handed to the kernel, which survives the end of the process. [`sync`](Self::sync)
///   makes it survive power loss.
///
/// Each call is at least one `write(2)`; callers with small lines gather 64 to 256 KiB of them first.
pub struct RotatingWriter {
    rotation: Rotation,
    clock: Box<dyn Fn() -> SystemTime + Send>,
    /// The random part of all names of this writer.
    id: u64,
    /// The opening time of the newest file, in unix nanoseconds.
    opened: u64,
    file: Option<OpenFile>,
    /// The file that the newest line went to.
    newest: Option<FileName>,
    /// The opening time of the oldest file that holds data not known to be durable.
    unsynced: Option<u64>,
    removed_files: u64,
}

impl RotatingWriter {
    /// Creates the directory if need be and makes sure that it can be written to. The first file is opened
    /// when the first line comes. A relative directory is one below the working directory of this moment.
    ///
    /// # Errors
    /// [`OpenError`] names the directory and what is wrong with it.
    pub fn open(rotation: Rotation) -> Result<RotatingWriter, OpenError> {
        RotatingWriter::open_with_clock(rotation, SystemTime::now)
    }

    /// Like [`open`](Self::open), with the source of the times in the names of the files. A clock that
    /// stands still or steps back does no harm: names of one writer always ascend.
    ///
    /// # Errors
    /// [`OpenError`] names the directory and what is wrong with it.
    pub fn open_with_clock(
        rotation: Rotation,
        clock: impl Fn() -> SystemTime + Send + 'static,
    ) -> Result<RotatingWriter, OpenError> {
        let rotation = Rotation { directory: directory::absolute(rotation.directory), ..rotation };
        directory::probe(&rotation.directory)?;
        let clock = Box::new(clock);
        let id = name::random_id();
        Ok(RotatingWriter {
            rotation,
            clock,
            id,
            opened: 0,
            file: None,
            newest: None,
            unsynced: None,
            removed_files: 0,
        })
    }

    /// What this writer was opened with.
    pub fn rotation(&self) -> &Rotation {
        &self.rotation
    }

    /// The file that the newest line went to, open or not.
    pub fn newest_file(&self) -> Option<PathBuf> {
        self.newest.map(|name| self.rotation.directory.join(name.to_string()))
    }

    /// How many old files this writer removed to keep within `max_files` and `max_bytes`.
    pub fn removed_files(&self) -> u64 {
        self.removed_files
    }

    /// Writes one or more whole lines, each ending with `\n`, and blocks for as long as the disk does.
    ///
    /// # Errors
    /// [`WriteError`], whose [`kept`](WriteError::kept) says how many lines of this call are in the files.
    /// The others left no trace; write them again when the cause is gone.
    pub fn write_lines(&mut self, lines: &[u8]) -> Result<(), WriteError> {
        if lines.last().is_some_and(|&last| last != b'\n') {
            return Err(WriteError::NotWholeLines);
        }
        let mut done = 0;
        while done < lines.len() {
            done += self.write_some(&lines[done..]).map_err(|error| error.behind(&lines[..done]))?;
        }
        Ok(())
    }

    /// Makes everything written so far survive power loss: the data of all files and their entries in
    /// the directory.
    ///
    /// # Errors
    /// [`SyncError`] names the directory. The data may still be lost; a later call tries again.
    pub fn sync(&mut self) -> Result<(), SyncError> {
        let Some(since) = self.unsynced else { return Ok(()) };
        self.sync_since(since)
            .map_err(|source| SyncError { directory: self.rotation.directory.clone(), source })?;
        self.unsynced = self.file.as_ref().map(|file| file.name.opened);
        Ok(())
    }

    fn sync_since(&self, since: u64) -> io::Result<()> {
        let directory = &self.rotation.directory;
        if let Some(file) = &self.file {
            file.sync()?;
        }
        if self.file.as_ref().is_none_or(|file| file.name.opened > since) {
            // Files closed since the last time, found by name: a writer need not remember them.
            let closed = directory::list(directory)?.into_iter().map(|(name, _)| name);
            for name in closed.filter(|name| name.writer == self.id && name.opened >= since) {
                match File::open(directory.join(name.to_string())) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {} // cleared meanwhile
                    file => file?.sync_data()?,
                }
            }
        }
        directory::sync(directory)
    }

    /// How many bytes of whole lines, from the start, go into the file that is open or the next one. Zero
    /// means that the file that is open is full.
    fn fitting(&self, lines: &[u8]) -> usize {
        let limit = self.rotation.limit;
        let room = self.file.as_ref().map_or(limit, |file| limit.saturating_sub(file.len));
        if lines.len() as u64 <= room {
            return lines.len();
        }
        // Smaller than the length of a slice, so it fits.
        let room = room as usize;
        match memrchr(b'\n', &lines[..room]) {
            Some(newline) => newline + 1,
            None if self.file.is_some() => 0,
            None => memchr(b'\n', lines).map_or(lines.len(), |newline| newline + 1),
        }
    }

    /// Writes as many of the lines as one file takes, at least one, and says how many bytes these were.
    fn write_some(&mut self, lines: &[u8]) -> Result<usize, WriteError> {
        // Nobody would ever read what goes into a file that was removed underneath.
        self.file.take_if(|file| file.is_unlinked());
        let mut piece = self.fitting(lines);
        if piece == 0 {
            self.file = None;
            piece = self.fitting(lines);
        }
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.create_file()?,
        };
        match file.append(&lines[..piece]) {
            Ok(()) => {
                self.newest = Some(file.name);
                self.file = Some(file);
            }
            Err(error) => return Err(self.give_up(file, &lines[..piece], error)),
        }
        Ok(piece)
    }

    /// Leaves a file behind an append that failed in a state in which it may be read and continued.
    fn give_up(&mut self, file: OpenFile, lines: &[u8], error: AppendError) -> WriteError {
        if error.kept > 0 {
            self.newest = Some(file.name);
        }
        if file.len == 0 {
            file.discard();
        } else if error.intact {
            self.file = Some(file);
        }
        let directory = self.rotation.directory.clone();
        WriteError::Write { directory, kept: Kept::count(&lines[..error.kept]), source: error.source }
    }

    fn create_file(&mut self) -> Result<OpenFile, WriteError> {
        let file = self.try_create_file().map_err(|source| {
            let directory = self.rotation.directory.clone();
            WriteError::CreateFile { directory, kept: Kept::default(), source }
        })?;
        self.unsynced.get_or_insert(file.name.opened);
        self.removed_files += directory::remove_oldest(&self.rotation);
        Ok(file)
    }

    fn try_create_file(&mut self) -> io::Result<OpenFile> {
        for _ in 0..CREATE_ATTEMPTS {
            let name = self.next_name();
            match OpenFile::create(&self.rotation.directory, name) {
                Ok(Some(file)) => return Ok(file),
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    directory::create(&self.rotation.directory)?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn next_name(&mut self) -> FileName {
        let now = (self.clock)().duration_since(UNIX_EPOCH).unwrap_or_default();
        // The nanoseconds of 64 bits last until the year 2554.
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        self.opened = now.max(self.opened.saturating_add(1));
        FileName { opened: self.opened, writer: self.id }
    }
}

/// How often a new name is tried while others remove the file or the directory underneath.
const CREATE_ATTEMPTS: usize = 8;

impl fmt::Debug for RotatingWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RotatingWriter").field("rotation", &self.rotation).finish_non_exhaustive()
    }
}
