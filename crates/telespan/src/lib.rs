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
pub use telespan_export::{DropReason, Event, EventHook, Exporter};
pub use telespan_pipeline::{FlushError, Overload, ShutdownError, Stats};
pub use telespan_sampler::PerMillion;
pub use telespan_trace::{
    AlreadyInstalled, Entered, InSpan, Limits, ResourceBuilder, Scope, Span, SpanBuilder, SpanKind, Status,
    Tracer, Tracing, Value, WithSpan, current_context, tracer, tracer_with, with_current,
};
pub use telespan_url::{ExporterUrl, FileOptions, ParseUrlError};
