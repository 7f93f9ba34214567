//! What can go wrong while lines are written, and what a person can do about it.

use std::io;
use std::path::PathBuf;

use memchr::memchr_iter;

/// Why a directory cannot be written to. Found at the start, before there is anything to lose.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The directory does not exist and cannot be created.
    #[error("directory {} cannot be created; {}", directory.display(), hint(source))]
    CreateDirectory {
        /// The directory.
        directory: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The directory exists, but no file can be created in it.
    #[error("directory {} cannot be written to; {}", directory.display(), hint(source))]
    NotWritable {
        /// The directory.
        directory: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why lines could not be written. What was kept is in the files as whole lines; the rest is not there at
/// all and may be written again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The bytes do not end with a newline. Nothing was written; this is a mistake of the caller.
    #[error(
        "the bytes end in the middle of a line, but only whole lines are written; end them with a newline"
    )]
    NotWholeLines,
    /// The next file cannot be opened.
    #[error("no new file can be created in {}; {}", directory.display(), hint(source))]
    CreateFile {
        /// The directory.
        directory: PathBuf,
        /// What was written before.
        kept: Kept,
        /// What the system said.
        source: io::Error,
    },
    /// The lines cannot be appended.
    #[error("lines cannot be written to a file in {}; {}", directory.display(), hint(source))]
    Write {
        /// The directory.
        directory: PathBuf,
        /// What was written before.
        kept: Kept,
        /// What the system said.
        source: io::Error,
    },
}

impl WriteError {
    /// What of this call is in the files: always a head of the bytes given, cut behind a newline.
    pub fn kept(&self) -> Kept {
        match self {
            WriteError::NotWholeLines => Kept::default(),
            WriteError::CreateFile { kept, .. } | WriteError::Write { kept, .. } => *kept,
        }
    }

    /// The same error of a call that had written `before` when this part of it failed.
    pub(crate) fn behind(mut self, before: &[u8]) -> WriteError {
        if let WriteError::CreateFile { kept, .. } | WriteError::Write { kept, .. } = &mut self {
            let before = Kept::count(before);
            kept.lines += before.lines;
            kept.bytes += before.bytes;
        }
        self
    }
}

/// How much of a failed call was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Whole lines.
    pub lines: usize,
    /// Their bytes, newlines included.
    pub bytes: usize,
}

impl Kept {
    /// What whole lines are.
    pub(crate) fn count(lines: &[u8]) -> Kept {
        Kept { lines: memchr_iter(b'\n', lines).count(), bytes: lines.len() }
    }
}

/// Why data could not be forced to stable storage.
#[derive(Debug, thiserror::Error)]
#[error("files in {} cannot be made durable; {}", directory.display(), hint(source))]
pub struct SyncError {
    /// The directory.
    pub(crate) directory: PathBuf,
    /// What the system said.
    pub(crate) source: io::Error,
}

/// What to do about an error of the file system.
fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room there",
        io::ErrorKind::PermissionDenied => "let this user write there, or choose another directory",
        io::ErrorKind::ReadOnlyFilesystem => "remount it writable, or choose another directory",
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a part of the path is not a directory; choose another"
        }
        _ => "check the file system, or choose another directory",
    }
}
