//! Behaviour of the crate on real files.

mod clock;
mod crash;
mod exporter;
mod faults;
mod reader;
mod retention;
mod rotation;
mod sharing;
mod stream;
mod support;
