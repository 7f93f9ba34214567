#![doc = include_str!("../README.md")]

mod block_on;
mod budget;
mod builder;
mod deliver;
mod error;
mod inlet;
mod overload;
mod pipeline;
mod queue;
mod report;
mod shared;
mod source;
mod stats;
mod worker;

pub use budget::Reservation;
pub use builder::Builder;
pub use error::{BuildError, FlushError, ShutdownError};
pub use inlet::Inlet;
pub use overload::Overload;
pub use pipeline::Pipeline;
pub use source::{Source, SourceCounts};
pub use stats::Stats;
