//! The real binary, against real collectors, files, terminals and signals.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod check;
mod context;
mod destinations;
mod exit_codes;
mod job_control;
mod signals;
mod span;
mod ssh;
mod support;
mod terminal;
mod transparency;
mod usage;
