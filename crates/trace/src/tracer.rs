//! [`Tracer`] and [`SpanBuilder`]: where spans begin.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use telespan_context::SpanContext;
use telespan_otlp::{Scope, SpanKind};

use crate::current::current_context;
use crate::provider::{Shared, Tracing};
use crate::span::{About, Recording, Span};

/// Starts the spans of one library or module. Cheap to clone; make it once and keep it.
#[derive(Clone)]
pub struct Tracer {
    target: Target,
    scope: Scope,
}

/// What a tracer records into.
#[derive(Clone)]
enum Target {
    /// Whatever is installed when a span starts.
    Global,
    Own(Arc<Shared>),
    Nothing,
}

/// A tracer for the library or module called `name`, which records into the global [`Tracing`] from
/// the moment that one is installed. Until then its spans record nothing and only pass contexts on.
pub fn tracer(name: &str) -> Tracer {
    tracer_with(Scope::new(name, "", "", []))
}

/// As [`tracer`], for a scope with version, schema or attributes.
pub fn tracer_with(scope: Scope) -> Tracer {
    Tracer { target: Target::Global, scope }
}

impl Tracer {
    pub(crate) fn of(shared: Arc<Shared>, scope: Scope) -> Self {
        Tracer { target: Target::Own(shared), scope }
    }

    /// A tracer that records nothing, whatever is installed. Its spans only pass contexts on.
    pub fn none() -> Self {
        Tracer { target: Target::Nothing, scope: Scope::new("", "", "", []) }
    }

    /// Whether there is anything to record into: something is installed and not shut down. A trace that was
    /// not sampled is not recorded even then.
    pub fn is_enabled(&self) -> bool {
        self.shared().is_some()
    }

    /// Starts a span below the current one, or a new trace if there is none. It does not become current
    /// by itself: see [`Span::enter`].
    #[inline]
    pub fn start(&self, name: impl Into<Cow<'static, str>>) -> Span {
        self.span(name).start()
    }

    /// A span to be started with a kind, another parent, or another start time.
    #[inline]
    pub fn span(&self, name: impl Into<Cow<'static, str>>) -> SpanBuilder<'_> {
        SpanBuilder {
            tracer: self,
            name: name.into(),
            kind: SpanKind::Internal,
            parent: Parent::Current,
            start_time_unix_nano: None,
        }
    }

    #[inline]
    fn shared(&self) -> Option<&Arc<Shared>> {
        let shared = match &self.target {
            Target::Global => &Tracing::global()?.shared,
            Target::Own(shared) => shared,
            Target::Nothing => return None,
        };
        // After a shutdown there is nobody to record for.
        if shared.chunks.is_closed() { None } else { Some(shared) }
    }
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracer").field("enabled", &self.is_enabled()).finish_non_exhaustive()
    }
}

enum Parent {
    Current,
    Root,
    Explicit(SpanContext),
}

/// A span about to start. Attributes, events and links are given to the [`Span`], which ignores them
/// at no cost when its trace is not sampled: the decision never depends on them.
#[must_use = "a span is started by `start`"]
pub struct SpanBuilder<'a> {
    tracer: &'a Tracer,
    name: Cow<'static, str>,
    kind: SpanKind,
    parent: Parent,
    start_time_unix_nano: Option<u64>,
}

impl SpanBuilder<'_> {
    /// The role of the span. Default: internal.
    pub fn kind(mut self, kind: SpanKind) -> Self {
        self.kind = kind;
        self
    }

    /// The span goes below `parent`, local or remote, whatever is current. `None` starts a new trace,
    /// so that what [`extract`](telespan_context::extract) found can be passed as it is.
    pub fn parent(mut self, parent: impl Into<Option<SpanContext>>) -> Self {
        self.parent = parent.into().map_or(Parent::Root, Parent::Explicit);
        self
    }

    /// The span starts a new trace, whatever is current.
    pub fn root(self) -> Self {
        self.parent(None)
    }

    /// The span started then, in nanoseconds since the Unix epoch. Default: now.
    pub fn start_time(mut self, unix_nano: u64) -> Self {
        self.start_time_unix_nano = Some(unix_nano);
        self
    }

    /// Starts the span.
    #[inline]
    pub fn start(self) -> Span {
        let parent = match self.parent {
            Parent::Current => current_context(),
            Parent::Explicit(parent) => Some(parent),
            Parent::Root => None,
        };
        let Some(shared) = self.tracer.shared() else {
            // Nothing records: what came in is passed on as it is (OpenTelemetry API without an SDK).
            return parent.map_or_else(Span::none, Span::from_context);
        };
        let context = shared.new_context(parent.as_ref());
        if !context.is_sampled() {
            return Span::from_context(context);
        }
        let about =
            About { name: self.name, kind: self.kind, start_time_unix_nano: self.start_time_unix_nano };
        Span::recording(Recording::start(shared, &self.tracer.scope, context, parent.as_ref(), about))
    }
}

impl fmt::Debug for SpanBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpanBuilder")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
