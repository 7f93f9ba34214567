#![doc = include_str!("../README.md")]

mod delivery;
mod error;
mod event;
mod exporter;

pub use delivery::{Backoff, BackoffError, Delivery, Next};
pub use error::{ExportError, Failure, with_causes};
pub use event::{DropReason, Event, EventHook};
pub use exporter::{Accepted, BoxFuture, Exporter};
