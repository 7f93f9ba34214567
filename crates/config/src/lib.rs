#![doc = include_str!("../README.md")]

mod compose;
mod config;
mod duration;
mod error;
mod header;
mod loader;
mod node;
mod place;
mod read;
mod service;

pub use config::Config;
pub use duration::parse_duration;
pub use error::{ConfigError, ConfigErrors};
pub use header::{Header, Secret};
pub use loader::Loader;
pub use place::{Located, Place};
pub use service::{Compression, Encoding, KeyPairPaths, Switch, TlsPaths, TracingService};
