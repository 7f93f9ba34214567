//! The directory that files rotate in: creating it, trying it out, clearing old files.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::Rotation;
use super::error::OpenError;
use super::name::{FileName, random_id};

/// Creates the directory and what is missing above it, for this user alone, and makes the new entries durable.
pub(crate) fn create(directory: &Path) -> io::Result<()> {
    let missing = directory.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
    let parents: Vec<PathBuf> = missing.map(|path| path.join("..")).collect();
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    for parent in parents {
        // A directory that may be entered but not read cannot be synced; that is no reason to fail.
        let _ = sync(&parent);
    }
    Ok(())
}

/// The directory as one that stays where it is when the working directory changes. What cannot be made so, an
/// empty path say, fails when it is used.
pub(crate) fn absolute(directory: PathBuf) -> PathBuf {
    std::path::absolute(&directory).unwrap_or(directory)
}

/// Finds out whether files can be created: creates one and removes it.
pub(crate) fn probe(directory: &Path) -> Result<(), OpenError> {
    create(directory).map_err(|source| OpenError::CreateDirectory { directory: directory.into(), source })?;
    let path = directory.join(format!(".probe-{:016x}", random_id()));
    let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    created
        .and_then(|_| fs::remove_file(&path))
        .map_err(|source| OpenError::NotWritable { directory: directory.into(), source })
}

/// Makes the entries of a directory survive power loss.
pub(crate) fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// The rotated files of all writers, oldest first, with their sizes in bytes.
pub(crate) fn list(directory: &Path) -> io::Result<Vec<(FileName, u64)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let Some(name) = FileName::parse(Path::new(&entry.file_name())) else { continue };
        // Neither call follows a symbolic link. Another writer may have removed the file by now.
        if let Ok(metadata) = entry.metadata()
            && metadata.is_file()
        {
            files.push((name, metadata.len()));
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Removes the oldest files beyond what `rotation` keeps, except those that somebody holds open, this process
/// included, and says how many went. What cannot be removed now is tried again at the next rotation.
pub(crate) fn remove_oldest(rotation: &Rotation) -> u64 {
    let (max_files, max_bytes) = (rotation.max_files, rotation.max_bytes);
    if max_files.is_none() && max_bytes.is_none() {
        return 0;
    }
    let Ok(files) = list(&rotation.directory) else { return 0 };
    let mut count = files.len() as u64;
    let mut bytes: u64 = files.iter().map(|(_, len)| len).sum();
    let mut removed = 0;
    for (name, len) in files {
        if max_files.is_none_or(|max| count <= max) && max_bytes.is_none_or(|max| bytes <= max) {
            break;
        }
        if remove_closed(&rotation.directory.join(name.to_string())) {
            (count, bytes, removed) = (count - 1, bytes - len, removed + 1);
        }
    }
    removed
}

/// Removes a file unless a process holds it locked.
fn remove_closed(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    // Held until the file is gone: a writer that just created it sees that and opens another.
    file.try_lock().is_ok() && fs::remove_file(path).is_ok()
}
