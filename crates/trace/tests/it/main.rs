//! Spans as an exporter gets them.

#[path = "../common/mod.rs"]
mod common;

mod context;
mod futures;
mod lifecycle;
mod recording;
