//! What a pipeline promises, shown with exporters that do as they are told.

mod account;
mod flush;
mod overload;
mod sending;
mod shutdown;
mod sources;
mod support;
