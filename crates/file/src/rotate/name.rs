//! The names of rotated files.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

/// `<opening time, unix nanoseconds, 20 digits>-<writer, 16 hex digits>.jsonl`: names sort by time,
/// and no two writers share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileName {
    /// When the file was opened, in nanoseconds since the Unix epoch.
    pub(crate) opened: u64,
    /// Who writes it: the same random number in all files of one writer.
    pub(crate) writer: u64,
}

impl FileName {
    /// Reads a name that has exactly the form written here. Any other file is not ours to touch.
    pub(crate) fn parse(path: &Path) -> Option<FileName> {
        let name = path.file_name()?.to_str()?;
        let (opened, writer) = name.strip_suffix(".jsonl")?.split_once('-')?;
        let digits = opened.len() == 20 && opened.bytes().all(|b| b.is_ascii_digit());
        let hex = writer.len() == 16 && writer.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !(digits && hex) {
            return None;
        }
        Some(FileName { opened: opened.parse().ok()?, writer: u64::from_str_radix(writer, 16).ok()? })
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:020}-{:016x}.jsonl", self.opened, self.writer)
    }
}

/// A number that no other writer of any process has, but for chance.
pub(crate) fn random_id() -> u64 {
    // The keys come from the system's random source. A forked child inherits them, hence the process id.
    RandomState::new().hash_one(std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_and_sorts_by_time() {
        let early = FileName { opened: 1, writer: u64::MAX };
        let late = FileName { opened: u64::MAX, writer: 0xab };
        assert_eq!(early.to_string(), "00000000000000000001-ffffffffffffffff.jsonl");
        assert_eq!(late.to_string(), "18446744073709551615-00000000000000ab.jsonl");
        assert!(early.to_string() < late.to_string());
        for name in [early, late] {
            assert_eq!(FileName::parse(Path::new(&name.to_string())), Some(name));
        }
    }

    #[test]
    fn other_names_are_not_ours() {
        for name in [
            "",
            "x.jsonl",
            "00000000000000000001-ffffffffffffffff.json",
            "0000000000000000001-ffffffffffffffff.jsonl",
            "00000000000000000001-FFFFFFFFFFFFFFFF.jsonl",
            "00000000000000000001-fffffffffffffff.jsonl",
            "+0000000000000000001-ffffffffffffffff.jsonl",
            "99999999999999999999-ffffffffffffffff.jsonl",
            "00000000000000000001-ffffffffffffffff.jsonl.gz",
            "copy-00000000000000000001-ffffffffffffffff.jsonl",
        ] {
            assert_eq!(FileName::parse(Path::new(name)), None, "{name}");
        }
    }

    #[test]
    fn ids_differ() {
        assert_ne!(random_id(), random_id());
    }
}
