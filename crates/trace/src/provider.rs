//! [`Tracing`]: what all tracers of a program share.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use telespan_context::{SpanContext, TraceFlags, TraceState};
use telespan_otlp::{Limits, Scope};
use telespan_pipeline::{FlushError, Pipeline, ShutdownError, Stats};
use telespan_sampler::Sampler;

use crate::chunk::Chunks;
use crate::clock::{Clock, SystemClock};
use crate::ids::{IdGenerator, RandomIds, begin_anew};
use crate::resource::ResourceBuilder;
use crate::tracer::Tracer;

/// Records spans into one pipeline: sampler, resource, limits, clock and ids. Cheap to clone.
///
/// Everything is fixed when it is built. A program usually has one, [installed](Self::install) as
/// the global one. Tracers and spans do not keep it going: when the last clone is dropped without a
/// [`shutdown`](Self::shutdown), the pipeline ends in the background, and later spans are counted as
/// dropped.
#[derive(Clone)]
pub struct Tracing {
    pipeline: Pipeline,
    pub(crate) shared: Arc<Shared>,
}

/// What tracers and spans need.
pub(crate) struct Shared {
    pub(crate) chunks: Arc<Chunks>,
    pub(crate) sampler: Sampler,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Box<dyn IdGenerator>,
}

impl Tracing {
    /// Starts to build, with the sampling rate 0 and everything else at its default.
    pub fn builder(pipeline: Pipeline) -> TracingBuilder {
        TracingBuilder {
            pipeline,
            sampler: Sampler::default(),
            resource: ResourceBuilder::new(),
            limits: Limits::default(),
            clock: None,
            ids: Box::new(RandomIds),
        }
    }

    /// A tracer for the library or module called `name`.
    pub fn tracer(&self, name: &str) -> Tracer {
        self.tracer_with(Scope::new(name, "", "", []))
    }

    /// A tracer for a scope with version, schema or attributes.
    pub fn tracer_with(&self, scope: Scope) -> Tracer {
        Tracer::of(self.shared.clone(), scope)
    }

    /// Makes this the global one, which [`tracer`](crate::tracer) and tracers made earlier record into.
    ///
    /// # Errors
    /// There is one already; it stays.
    pub fn install(&self) -> Result<(), AlreadyInstalled> {
        GLOBAL.set(self.clone()).map_err(|_| AlreadyInstalled)
    }

    /// The global one, if it was installed.
    pub fn global() -> Option<&'static Tracing> {
        GLOBAL.get()
    }

    /// Sends everything that ended before this call; see [`Pipeline::flush`].
    ///
    /// # Errors
    /// The time ran out first.
    pub fn flush(&self, timeout: Duration) -> Result<(), FlushError> {
        self.pipeline.flush(timeout)
    }

    /// Sends what there is and ends the pipeline; see [`Pipeline::shutdown`]. Spans that end later are
    /// counted as dropped.
    ///
    /// # Errors
    /// The time ran out first, and spans were lost or may have been.
    pub fn shutdown(&self, timeout: Duration) -> Result<(), ShutdownError> {
        self.pipeline.shutdown(timeout)
    }

    /// What became of all spans that ended so far.
    pub fn stats(&self) -> Stats {
        self.pipeline.stats()
    }
}

impl Shared {
    /// The context of a new span below `parent`, or of a new trace.
    #[inline]
    pub(crate) fn new_context(&self, parent: Option<&SpanContext>) -> SpanContext {
        let span_id = self.ids.span_id();
        let trace_id = parent.map_or_else(|| self.ids.trace_id(), SpanContext::trace_id);
        let sampled = self.sampler.decide(parent, trace_id, &TraceState::EMPTY).is_sampled();
        match parent {
            Some(parent) => parent.child(span_id, sampled),
            None => {
                let flags = TraceFlags::NONE.with_random(self.ids.is_random()).with_sampled(sampled);
                SpanContext::new(trace_id, span_id, flags)
            }
        }
    }
}

// Whatever panics, nothing in here is left half changed.
impl UnwindSafe for Tracing {}
impl RefUnwindSafe for Tracing {}
impl RefUnwindSafe for Shared {}

impl fmt::Debug for Tracing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracing").field("sampler", &self.shared.sampler).finish_non_exhaustive()
    }
}

static GLOBAL: OnceLock<Tracing> = OnceLock::new();

/// A global [`Tracing`] is installed already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("tracing is installed already; install it once, where the program starts")]
pub struct AlreadyInstalled;

/// Builds a [`Tracing`].
pub struct TracingBuilder {
    pipeline: Pipeline,
    sampler: Sampler,
    resource: ResourceBuilder,
    limits: Limits,
    clock: Option<Arc<dyn Clock>>,
    ids: Box<dyn IdGenerator>,
}

impl TracingBuilder {
    /// Decides which new traces are recorded. Default: none.
    #[must_use]
    pub fn sampler(mut self, sampler: Sampler) -> Self {
        self.sampler = sampler;
        self
    }

    /// What the spans are about.
    #[must_use]
    pub fn resource(mut self, resource: ResourceBuilder) -> Self {
        self.resource = resource;
        self
    }

    /// How much one span may hold.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Another clock than [`SystemClock`].
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Other ids than [`RandomIds`].
    #[must_use]
    pub fn ids(mut self, ids: impl IdGenerator) -> Self {
        self.ids = Box::new(ids);
        self
    }

    /// Ready to record.
    pub fn build(self) -> Tracing {
        begin_anew();
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let chunks = Arc::new(Chunks::new(self.pipeline.inlet(), self.resource.build()));
        self.pipeline.attach(chunks.clone());
        let shared = Shared { chunks, sampler: self.sampler, limits: self.limits, clock, ids: self.ids };
        Tracing { pipeline: self.pipeline, shared: Arc::new(shared) }
    }
}

impl fmt::Debug for TracingBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracingBuilder").field("sampler", &self.sampler).finish_non_exhaustive()
    }
}
