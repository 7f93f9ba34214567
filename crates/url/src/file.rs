//! URLs of directories of trace files.

use std::fmt;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use crate::local::{LocalScheme, is_path};
use crate::part::Part;
use crate::{ParseUrlError, UrlProblem};

/// The size in bytes at which a file is closed and the next one opened, unless the URL says otherwise:
/// 100 MiB.
pub const DEFAULT_FILE_LIMIT: u64 = 100 * 1024 * 1024;

const SCHEME: LocalScheme = LocalScheme { name: "file", example: "write file:///abs/dir or file:rel/dir" };
const PARAMETERS_HINT: &str = "a file URL takes limit=<bytes>, max_files=<number> and max_bytes=<bytes>";
const VALUE_HINT: &str = "write name=value with a whole number from 1 to 18446744073709551615";

/// A directory of rotating files: `file:///abs/dir?limit=…&max_files=…&max_bytes=…`, `file:rel/dir`.
///
/// The display form percent-encodes the directory, whatever its bytes, and leaves out a default limit.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FileOptions {
    directory: PathBuf,
    limit: u64,
    max_files: Option<u64>,
    max_bytes: Option<u64>,
}

impl FileOptions {
    /// A directory with the default options, or `None` if the path is empty or holds a NUL byte, which no
    /// file system takes. A relative directory is relative to the working directory.
    pub fn new(directory: impl Into<PathBuf>) -> Option<FileOptions> {
        let directory = directory.into();
        let options = FileOptions { directory, limit: DEFAULT_FILE_LIMIT, max_files: None, max_bytes: None };
        is_path(&options.directory).then_some(options)
    }

    /// The same with files of at most `limit` bytes.
    #[must_use]
    pub fn with_limit(self, limit: NonZeroU64) -> FileOptions {
        FileOptions { limit: limit.get(), ..self }
    }

    /// The same with at most `max_files` files.
    #[must_use]
    pub fn with_max_files(self, max_files: NonZeroU64) -> FileOptions {
        FileOptions { max_files: Some(max_files.get()), ..self }
    }

    /// The same with about `max_bytes` bytes in all files together: the oldest closed files go when a new one is
    /// opened, so there may be one `limit` more for each writer.
    #[must_use]
    pub fn with_max_bytes(self, max_bytes: NonZeroU64) -> FileOptions {
        FileOptions { max_bytes: Some(max_bytes.get()), ..self }
    }

    /// The directory. Relative ones are relative to the working directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The size in bytes at which a file is closed and the next one opened, >= 1.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// How many files to keep, >= 1; all if `None`.
    pub fn max_files(&self) -> Option<u64> {
        self.max_files
    }

    /// How many bytes to keep in all files together, >= 1; all if `None`.
    pub fn max_bytes(&self) -> Option<u64> {
        self.max_bytes
    }

    pub(crate) fn parse(rest: Part<'_>) -> Result<FileOptions, ParseUrlError> {
        let (directory, query) = SCHEME.parse(rest)?;
        let query = query.map(Query::parse).transpose()?.unwrap_or_default();
        Ok(FileOptions {
            directory,
            limit: query.limit.unwrap_or(DEFAULT_FILE_LIMIT),
            max_files: query.max_files,
            max_bytes: query.max_bytes,
        })
    }
}

/// The parameters that were there.
#[derive(Default)]
struct Query {
    limit: Option<u64>,
    max_files: Option<u64>,
    max_bytes: Option<u64>,
}

impl Query {
    fn parse(mut rest: Part<'_>) -> Result<Query, ParseUrlError> {
        let mut query = Query::default();
        while let Some((parameter, next)) = rest.split_once(b'&') {
            query.set(parameter)?;
            rest = next;
        }
        query.set(rest)?;
        Ok(query)
    }

    fn set(&mut self, parameter: Part<'_>) -> Result<(), ParseUrlError> {
        let Some((name, value)) = parameter.split_once(b'=') else {
            return Err(parameter.error(UrlProblem::MalformedParameter, VALUE_HINT));
        };
        let slot = match name.text {
            "limit" => &mut self.limit,
            "max_files" => &mut self.max_files,
            "max_bytes" => &mut self.max_bytes,
            _ => return Err(name.error(UrlProblem::UnknownParameter, PARAMETERS_HINT)),
        };
        if slot.is_some() {
            return Err(name.error(UrlProblem::RepeatedParameter, "write each parameter once"));
        }
        let digits = value.text.bytes().all(|byte| byte.is_ascii_digit());
        match value.text.parse() {
            Ok(number @ 1..) if digits => *slot = Some(number),
            _ => return Err(value.error(UrlProblem::MalformedParameter, VALUE_HINT)),
        }
        Ok(())
    }
}

impl fmt::Display for FileOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SCHEME.fmt(&self.directory, f)?;
        let limit = Some(self.limit).filter(|limit| *limit != DEFAULT_FILE_LIMIT);
        let mut separator = '?';
        for (name, value) in [("limit", limit), ("max_files", self.max_files), ("max_bytes", self.max_bytes)]
        {
            if let Some(value) = value {
                write!(f, "{separator}{name}={value}")?;
                separator = '&';
            }
        }
        Ok(())
    }
}

impl fmt::Debug for FileOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileOptions({self})")
    }
}
