//! Paths of files that have to exist.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::node::{Node, Value, quoted};
use crate::{ConfigError, KeyPairPaths, Located, Place, TlsPaths};

use super::entries::Entries;
use super::{KEYPAIRS_ALIAS, Reader};

/// A configuration has hundreds of lines; this is for a path that names something else by mistake.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

impl Reader<'_> {
    pub(super) fn tls_paths(&mut self, entries: &Entries<'_>) -> TlsPaths {
        let ca_certs = match entries.value("ca_certs") {
            Some(node) => self.list("ca_certs", "a list of paths", node, Reader::path),
            None => Vec::new(),
        };
        let pairs = ["https_keypairs", KEYPAIRS_ALIAS].into_iter();
        let https_keypairs = pairs
            .filter_map(|key| entries.value(key).map(|node| (key, node)))
            .flat_map(|(key, node)| self.list(key, "a list of key pairs", node, Reader::key_pair))
            .collect();
        TlsPaths { ca_certs, https_keypairs }
    }

    fn list<T>(
        &mut self,
        key: &str,
        expected: &str,
        node: &Node,
        read: impl Fn(&mut Self, &str, &Node) -> Option<T>,
    ) -> Vec<T> {
        let Value::List(items) = &node.value else {
            let error = self.unexpected(key, expected, node);
            self.report(error.with_hint("begin each entry with `- ` on a line of its own"));
            return Vec::new();
        };
        items.iter().filter_map(|item| read(self, key, item)).collect()
    }

    fn key_pair(&mut self, key: &str, node: &Node) -> Option<KeyPairPaths> {
        let entries = self.entries(node, key, &["key_file", "cert_file"])?;
        let mut part = |part: &str| match entries.value(part) {
            Some(path) => self.path(part, path),
            None => {
                self.report(self.error(node, format!("`{key}`: a key pair without `{part}`")));
                None
            }
        };
        let (key_file, cert_file) = (part("key_file"), part("cert_file"));
        Some(KeyPairPaths { key_file: key_file?, cert_file: cert_file? })
    }

    /// The path of a regular file that can be read.
    pub(super) fn path(&mut self, key: &str, node: &Node) -> Option<Located<PathBuf>> {
        let Some(text) = node.string() else {
            self.mismatch(key, "a path", node);
            return None;
        };
        let path = PathBuf::from(text);
        if let Err(problem) = open(&path) {
            self.report(self.error(node, format!("`{key}`: {} {problem}", quoted(text))));
            return None;
        }
        Some(self.located(node, path))
    }
}

/// Opens a regular file, or says what about it keeps from that.
fn open(path: &Path) -> Result<File, String> {
    let cannot = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        _ => format!("cannot be read: {error}"),
    };
    // Looked at before it is opened, since to open a pipe would wait for its writer.
    let metadata = fs::metadata(path).map_err(cannot)?;
    if metadata.is_dir() {
        return Err("is a directory, not a file".to_owned());
    }
    if !metadata.is_file() {
        return Err("is no regular file".to_owned());
    }
    File::open(path).map_err(cannot)
}

/// The text of a file of at most 1 MiB. An error about the file as a whole begins with `subject` and is placed at
/// `named`; one inside has its place in the file.
pub(crate) fn read_text(path: &Path, subject: &str, named: &Place) -> Result<String, ConfigError> {
    let whole = |problem: String| ConfigError::new(named.clone(), format!("{subject} {problem}"));
    let mut bytes = Vec::new();
    let read = open(path).map_err(whole)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| whole(format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(whole("is larger than 1 MiB".to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        ConfigError::new(end_of(path, &String::from_utf8_lossy(valid)), "no UTF-8 text: invalid byte")
    })
}

/// The place behind `text`, with which the file begins.
fn end_of(file: &Path, text: &str) -> Place {
    let line_start = text.rfind('\n').map_or(0, |end| end + 1);
    let count = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
    let line = count(text.matches('\n').count());
    Place { line, column: count(text[line_start..].chars().count()), ..Place::start_of(file) }
}
