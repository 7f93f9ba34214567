//! The real binary, against real collectors, files, terminals and signals.

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
