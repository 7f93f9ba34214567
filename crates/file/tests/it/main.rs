//! Behaviour of the crate on real files.

#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

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
