#![doc = include_str!("../README.md")]

mod batch;
mod error;
mod wire;

pub use batch::Batch;
pub use error::WireError;
