//! [`Telespan`]: from a URL or a configuration to running tracing.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use telespan_config::{Compression, ConfigErrors, Encoding, Secret, TracingService};
use telespan_export::{Event, EventHook};
use telespan_pipeline::{Overload, Pipeline};
use telespan_sampler::{PerMillion, Sampler};
use telespan_trace::{Limits, ResourceBuilder, Tracing};
use telespan_url::{ExporterUrl, ParseUrlError};

use crate::config::load_default_config;
use crate::{ExporterSettings, Guard, InitError, KeyPair, load_config};

/// Starts tracing for the whole program as the configuration file says: the one that `TELESPAN_CONFIG`
/// names, else `/etc/telespan.yaml`. Where neither is there, tracing is off.
///
/// # Errors
/// Every mistake in the file, or why tracing could not be started.
pub fn init() -> Result<Guard, InitError> {
    Telespan::from_default_file()?.install()
}

/// Tracing that is about to start. Begin with a URL or a configuration, change what you like, and
/// [`install`](Self::install) or [`start`](Self::start) it. What is said here goes before what the
/// configuration says.
#[must_use = "tracing is started by `install` or `start`"]
pub struct Telespan {
    exporter: Option<ExporterSettings>,
    rate: PerMillion,
    resource: ResourceBuilder,
    limits: Limits,
    overload: Overload,
    budget: Option<usize>,
    on_event: Option<EventHook>,
}

impl Telespan {
    /// Spans of every trace go to `exporter`: a URL, or settings around one.
    pub fn to(exporter: impl Into<ExporterSettings>) -> Self {
        Self::new(Some(exporter.into()), PerMillion::ALL)
    }

    /// Spans of every trace go to this URL.
    ///
    /// # Errors
    /// What is wrong with the URL, where, and how to mend it.
    pub fn from_url(url: &str) -> Result<Self, ParseUrlError> {
        url.parse::<ExporterUrl>().map(Self::to)
    }

    /// What a configuration file says. See [`load_config`].
    ///
    /// # Errors
    /// Every mistake of the file and of those that it names, each with its place.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigErrors> {
        load_config(path.as_ref()).map(|config| Self::from_config(&config.tracing_service))
    }

    /// What the configuration file says that [`init`] reads, for a program that has more to say itself,
    /// such as its name.
    ///
    /// # Errors
    /// As [`from_file`](Self::from_file).
    pub fn from_default_file() -> Result<Self, ConfigErrors> {
        load_default_config().map(|config| Self::from_config(&config.tracing_service))
    }

    /// What a configuration says. Where it turns tracing off, starting gives a guard that does nothing.
    pub fn from_config(config: &TracingService) -> Self {
        Self::new(ExporterSettings::from_config(config), config.sampling_rate)
    }

    fn new(exporter: Option<ExporterSettings>, rate: PerMillion) -> Self {
        Telespan {
            exporter,
            rate,
            resource: ResourceBuilder::new(),
            limits: Limits::default(),
            overload: Overload::default(),
            budget: None,
            on_event: None,
        }
    }

    /// How many of a million traces that begin here are kept. A parent's decision is honoured whatever
    /// the rate.
    pub fn sampling_rate(mut self, rate: PerMillion) -> Self {
        self.rate = rate;
        self
    }

    /// Names the service: the resource attribute `service.name`. Default: `unknown_service:` and the name of
    /// the executable.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.resource = self.resource.service_name(name);
        self
    }

    /// What the spans are about. Replaces what [`service_name`](Self::service_name) said before.
    pub fn resource(mut self, resource: ResourceBuilder) -> Self {
        self.resource = resource;
        self
    }

    /// How much one span may hold.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What to do with spans when the queue is full. Default: drop the newest.
    pub fn overload(mut self, overload: Overload) -> Self {
        self.overload = overload;
        self
    }

    /// The memory for spans that wait to be sent, in bytes. Default 32 MiB.
    pub fn budget(mut self, bytes: usize) -> Self {
        self.budget = Some(bytes);
        self
    }

    /// Hears of retries, losses and warnings, on background threads. Must not block, and must not record
    /// spans.
    pub fn on_event(mut self, hook: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.on_event = Some(Arc::new(hook));
        self
    }

    /// Adds a PEM file of certificates that replace the system's roots.
    pub fn ca_cert(self, file: impl Into<PathBuf>) -> Self {
        self.exporter(|exporter| exporter.ca_certs.push(file.into()))
    }

    /// Adds a client certificate for mTLS.
    pub fn key_pair(self, key_file: impl Into<PathBuf>, cert_file: impl Into<PathBuf>) -> Self {
        let pair = KeyPair { key_file: key_file.into(), cert_file: cert_file.into() };
        self.exporter(|exporter| exporter.key_pairs.push(pair))
    }

    /// Adds a header to every request, or to every call's metadata. The value is kept out of logs and errors.
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let header = (name.into(), Secret::new(value));
        self.exporter(|exporter| exporter.headers.push(header))
    }

    /// Compresses network exports. Needs the feature `gzip` or `zstd`.
    pub fn compression(self, compression: Compression) -> Self {
        self.exporter(|exporter| exporter.compression = compression)
    }

    /// Encodes OTLP/HTTP bodies another way than as protobuf.
    pub fn encoding(self, encoding: Encoding) -> Self {
        self.exporter(|exporter| exporter.encoding = encoding)
    }

    /// How long one attempt to send may take. Default 10 s. A failed attempt is repeated.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.exporter(|exporter| exporter.timeout = timeout)
    }

    /// Nothing to change where tracing is off.
    fn exporter(mut self, change: impl FnOnce(&mut ExporterSettings)) -> Self {
        if let Some(exporter) = &mut self.exporter {
            change(exporter);
        }
        self
    }

    /// Starts tracing for the whole program: [`tracer`](crate::tracer) records from now on.
    ///
    /// # Errors
    /// Why tracing could not be started, or that it was already.
    pub fn install(self) -> Result<Guard, InitError> {
        let guard = self.start()?;
        if let Some(tracing) = guard.tracing() {
            tracing.install()?;
        }
        Ok(guard)
    }

    /// Starts tracing that only the tracers of the guard record into: for tests, and for programs that
    /// trace on behalf of others.
    ///
    /// # Errors
    /// Why tracing could not be started.
    pub fn start(self) -> Result<Guard, InitError> {
        let Some(settings) = self.exporter else { return Ok(Guard::disabled()) };
        let (exporter, destination) = settings.build_with(self.on_event.as_ref())?;
        let mut pipeline =
            Pipeline::builder(exporter).overload(self.overload).attempt_timeout(settings.timeout);
        if let Some(bytes) = self.budget {
            pipeline = pipeline.budget(bytes);
        }
        if let Some(hook) = self.on_event {
            pipeline = pipeline.on_event(hook);
        }
        let tracing = Tracing::builder(pipeline.build()?)
            .sampler(Sampler::new(self.rate))
            .resource(self.resource)
            .limits(self.limits)
            .build();
        Ok(Guard::new(tracing, destination))
    }
}

impl fmt::Debug for Telespan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telespan")
            .field("exporter", &self.exporter)
            .field("rate", &self.rate)
            .finish_non_exhaustive()
    }
}
