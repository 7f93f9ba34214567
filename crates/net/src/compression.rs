//! How request bodies are compressed.

use std::fmt;

/// How request bodies are compressed. Which of them an exporter can do is decided by its features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// RFC 1952. Every OTLP receiver takes it.
    Gzip,
    /// RFC 8878. Smaller and faster, but a receiver need not take it.
    Zstd,
}

impl Compression {
    /// The name that headers, configuration files and features use: `none`, `gzip` or `zstd`.
    pub const fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
