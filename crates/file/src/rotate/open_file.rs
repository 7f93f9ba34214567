//! The one file that a writer has open.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use memchr::memrchr;

use super::name::FileName;

/// A file that is open, locked, and holds whole lines only.
#[derive(Debug)]
pub(crate) struct OpenFile {
    file: File,
    path: PathBuf,
    pub(crate) name: FileName,
    /// The length in bytes.
    pub(crate) len: u64,
}

/// An append that failed.
#[derive(Debug)]
pub(crate) struct AppendError {
    /// The bytes that stay in the file: whole lines.
    pub(crate) kept: usize,
    /// Whether the file ends with a whole line, so that more may follow.
    pub(crate) intact: bool,
    pub(crate) source: io::Error,
}

impl OpenFile {
    /// Creates and locks a new file. `None` if the name is taken or somebody interfered: try another.
    pub(crate) fn create(directory: &Path, name: FileName) -> io::Result<Option<OpenFile>> {
        let path = directory.join(name.to_string());
        let file = match OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            file => file?,
        };
        let open = OpenFile { file, path, name, len: 0 };
        // Somebody who clears old files may have locked or removed it before we could lock it.
        // A file system without locks gives an error; then nobody clears files there either.
        if matches!(open.file.try_lock(), Err(fs::TryLockError::WouldBlock)) || open.is_unlinked() {
            open.discard();
            return Ok(None);
        }
        Ok(Some(open))
    }

    /// Whether the file was removed underneath, so that what is written would be lost.
    pub(crate) fn is_unlinked(&self) -> bool {
        self.file.metadata().is_ok_and(|metadata| metadata.nlink() == 0)
    }

    /// Appends whole lines. If that fails, what follows the last whole line is undone.
    pub(crate) fn append(&mut self, lines: &[u8]) -> Result<(), AppendError> {
        let mut written = 0;
        while written < lines.len() {
            let source = match self.file.write(&lines[written..]) {
                Ok(0) => io::ErrorKind::WriteZero.into(),
                Ok(n) => {
                    written += n;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            let kept = memrchr(b'\n', &lines[..written]).map_or(0, |newline| newline + 1);
            self.len += kept as u64;
            let intact = kept == written || self.file.set_len(self.len).is_ok();
            return Err(AppendError { kept, intact, source });
        }
        self.len += lines.len() as u64;
        Ok(())
    }

    /// Forces the data to stable storage.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Closes and removes the file.
    pub(crate) fn discard(self) {
        // Nothing better can be done with a file that cannot be removed either.
        let _ = fs::remove_file(&self.path);
    }
}
