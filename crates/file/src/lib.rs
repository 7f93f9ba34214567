#![doc = include_str!("../README.md")]

mod exporter;
mod lines;
mod read;
mod rotate;
mod stream;

pub use exporter::FileExporter;
pub use read::{FileBatch, ReadError, TraceFiles};
pub use rotate::{Kept, OpenError, RotatingWriter, Rotation, SyncError, WriteError};
pub use stream::WriterExporter;
