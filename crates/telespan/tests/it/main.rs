//! The facade against a real collector and real files: one URL or one configuration in, spans out.

#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

mod config;
mod errors;
mod network;
mod parents;
#[path = "../../examples/service/runtime.rs"]
mod runtime;
mod secrets;
mod service;
#[path = "../../examples/service/shop.rs"]
mod shop;
mod shutdown;
mod support;
mod urls;
