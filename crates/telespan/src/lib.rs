#![doc = include_str!("../README.md")]

mod config;
mod destination;
mod error;
mod exporter;
mod guard;
mod settings;
mod start;

pub use config::{config_path, load_config};
pub use destination::Destination;
pub use error::InitError;
pub use guard::Guard;
pub use settings::{ExporterSettings, KeyPair};
pub use start::{Telespan, init};

pub use telespan_config::{
    Compression, Config, ConfigError, ConfigErrors, Encoding, Place, Secret, TracingService, parse_duration,
};
pub use telespan_context::{
    Baggage, Carrier, CarrierMut, ChildEnvironment, Environment, Propagated, SpanContext, SpanId, TraceFlags,
    TraceId, TraceState, extract, inject,
};
pub use telespan_export::{
    Accepted, BoxFuture, DropReason, Event, EventHook, ExportError, Exporter, Failure,
};
pub use telespan_otlp::Batch;
pub use telespan_pipeline::{
    BuildError as PipelineError, FlushError, Overload, Pipeline, ShutdownError, Stats,
};
pub use telespan_sampler::{PerMillion, Sampler};
pub use telespan_trace::{
    AlreadyInstalled, Clock, Entered, IdGenerator, InSpan, Limits, ResourceBuilder, Scope, Span, SpanBuilder,
    SpanKind, Status, Tracer, Tracing, TracingBuilder, Value, WithSpan, current_context, tracer, tracer_with,
    with_current,
};
pub use telespan_url::{ExporterUrl, FileOptions, ParseUrlError, UnixUrl};

/// The README of the repository: its code compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Repository;
