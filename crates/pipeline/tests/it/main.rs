//! What a pipeline promises, shown with exporters that do as they are told.
#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

mod account;
mod flush;
mod overload;
mod sending;
mod shutdown;
mod sources;
mod support;
