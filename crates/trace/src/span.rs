//! [`Span`]: one operation, recorded by whoever holds it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use telespan_context::{SpanContext, SpanId};
use telespan_export::with_causes;
use telespan_otlp::{Link, Scope, SpanEncoder, SpanHead, SpanKind, Status, Value};

use crate::current::{self, Entered};
use crate::provider::Shared;

/// One operation. It ends when it is dropped, or by [`end`](Self::end).
///
/// A span belongs to whoever holds it, so recording takes no lock; it moves freely between threads.
/// To put children below it, make it current ([`enter`](Self::enter), [`in_scope`](Self::in_scope),
/// [`InSpan`](crate::InSpan) for futures) or hand its [`context`](Self::context) to others.
///
/// When its trace is not sampled, or nothing is installed to record into, everything here does
/// nothing, and only the context is passed on.
#[derive(Default)]
#[must_use = "a span ends when it is dropped"]
pub struct Span {
    state: State,
}

#[derive(Default)]
enum State {
    /// Not even a context to pass on.
    #[default]
    None,
    Context(SpanContext),
    Recording(Box<Recording>),
}

impl Span {
    /// A span that records nothing and has no context.
    pub fn none() -> Self {
        Self::default()
    }

    /// A span that records nothing and passes `context` on: what is below it becomes part of the trace
    /// that came in.
    pub fn from_context(context: SpanContext) -> Self {
        Span { state: State::Context(context) }
    }

    pub(crate) fn recording(recording: Box<Recording>) -> Self {
        Span { state: State::Recording(recording) }
    }

    /// Whether the span records: only then is it worth preparing attributes that are dear to compute.
    #[inline]
    pub fn is_recording(&self) -> bool {
        matches!(self.state, State::Recording(_))
    }

    /// The ids and flags of the span, for log lines, other threads and outgoing requests. It never
    /// changes. `None` if nothing records and nothing came in.
    pub fn context(&self) -> Option<&SpanContext> {
        match &self.state {
            State::None => None,
            State::Context(context) => Some(context),
            State::Recording(recording) => Some(&recording.context),
        }
    }

    #[inline]
    fn recorded(&mut self) -> Option<&mut Recording> {
        match &mut self.state {
            State::Recording(recording) => Some(recording),
            _ => None,
        }
    }

    /// Sets an attribute; the last value for a key counts. A value that is dear to compute is better
    /// computed behind [`is_recording`](Self::is_recording).
    #[inline]
    pub fn set_attribute<'a>(&mut self, key: &str, value: impl Into<Value<'a>>) -> &mut Self {
        if let Some(recording) = self.recorded() {
            let limits = &recording.shared.limits;
            recording.body.set_attribute(limits, key, &value.into());
        }
        self
    }

    /// Adds an event that happens now.
    #[inline]
    pub fn add_event(&mut self, name: &str, attributes: &[(&str, Value<'_>)]) -> &mut Self {
        if let Some(recording) = self.recorded() {
            recording.add_event(name, recording.now_unix_nano(), attributes);
        }
        self
    }

    /// Adds an event that happened at `unix_nano`, nanoseconds since the Unix epoch.
    pub fn add_event_at(
        &mut self,
        name: &str,
        unix_nano: u64,
        attributes: &[(&str, Value<'_>)],
    ) -> &mut Self {
        if let Some(recording) = self.recorded() {
            recording.add_event(name, unix_nano, attributes);
        }
        self
    }

    /// Links another span, of this trace or another.
    pub fn add_link(&mut self, to: &SpanContext, attributes: &[(&str, Value<'_>)]) -> &mut Self {
        if let Some(recording) = self.recorded() {
            let link = Link {
                trace_id: to.trace_id().to_bytes(),
                span_id: to.span_id().to_bytes(),
                trace_state: to.trace_state().as_str(),
                flags: span_flags(to, to.is_remote()),
            };
            let limits = &recording.shared.limits;
            recording.body.add_link(limits, &link, attributes);
        }
        self
    }

    /// Sets the outcome. [`Status::Ok`] is final, [`Status::Unset`] changes nothing, else the last
    /// call counts. Libraries leave `Ok` to applications.
    pub fn set_status(&mut self, status: Status) -> &mut Self {
        if let Some(recording) = self.recorded()
            && recording.status != Status::Ok
            && status != Status::Unset
        {
            recording.status = status;
        }
        self
    }

    /// Marks the span as failed, with a text for developers.
    pub fn set_error(&mut self, message: impl fmt::Display) -> &mut Self {
        if self.is_recording() {
            let mut text = String::new();
            // Unlike `to_string` this does not panic where a text cannot be formatted.
            let _ = write!(text, "{message}");
            self.set_status(Status::Error(text.into()));
        }
        self
    }

    /// Records an error as an `exception` event, its causes in the message, and marks the span as failed.
    /// Also takes `&dyn Error`, whose type is then not known.
    pub fn record_error<E: Error + ?Sized>(&mut self, error: &E) -> &mut Self {
        if self.is_recording() {
            let message = with_causes(error);
            let attributes = [
                ("exception.type", Value::from(std::any::type_name::<E>())),
                ("exception.message", Value::from(&message)),
            ];
            self.add_event("exception", &attributes).set_error(message);
        }
        self
    }

    /// Gives the span another name.
    pub fn rename(&mut self, name: impl Into<Cow<'static, str>>) -> &mut Self {
        if let Some(recording) = self.recorded() {
            recording.name = name.into();
        }
        self
    }

    /// Makes the span the current one of this thread until the guard is dropped, which also ends it.
    pub fn enter(self) -> Entered {
        current::enter(self)
    }

    /// Runs `f` with the span as the current one, and gives it back.
    pub fn in_scope<T>(&mut self, f: impl FnOnce() -> T) -> T {
        current::in_scope(self, f)
    }

    /// Ends the span now, like dropping it.
    pub fn end(self) {}

    /// Ends the span as of `unix_nano`, nanoseconds since the Unix epoch.
    pub fn end_at(mut self, unix_nano: u64) {
        self.finish(Some(unix_nano));
    }

    #[inline]
    fn finish(&mut self, end: Option<u64>) {
        // Looked at before it is moved: most spans of most programs do not record.
        if self.is_recording()
            && let State::Recording(recording) = std::mem::take(&mut self.state)
        {
            recording.end(end);
        }
    }
}

impl Drop for Span {
    #[inline]
    fn drop(&mut self) {
        self.finish(None);
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Span")
            .field("context", &self.context())
            .field("recording", &self.is_recording())
            .finish_non_exhaustive()
    }
}

/// The state of a recording span. Kept and used again, with its memory, when the span has ended.
pub(crate) struct Recording {
    shared: Arc<Shared>,
    scope: Scope,
    context: SpanContext,
    parent_span_id: Option<SpanId>,
    /// The flags of the OTLP span.
    flags: u32,
    name: Cow<'static, str>,
    kind: SpanKind,
    /// The moment from which the clock counted when the span started, in nanoseconds since the Unix epoch.
    epoch: u64,
    start: u64,
    status: Status,
    body: SpanEncoder,
}

/// What a span is told at its start.
pub(crate) struct About {
    pub(crate) name: Cow<'static, str>,
    pub(crate) kind: SpanKind,
    /// `None`: now.
    pub(crate) start_time_unix_nano: Option<u64>,
}

impl Recording {
    pub(crate) fn start(
        shared: &Arc<Shared>,
        scope: &Scope,
        context: SpanContext,
        parent: Option<&SpanContext>,
        about: About,
    ) -> Box<Self> {
        let parent_span_id = parent.map(SpanContext::span_id);
        let flags = span_flags(&context, parent.is_some_and(SpanContext::is_remote));
        let now = shared.clock.monotonic_nano();
        let epoch = shared.clock.epoch_unix_nano(now);
        let About { name, kind, start_time_unix_nano } = about;
        let start = start_time_unix_nano.unwrap_or(epoch.saturating_add(now));
        if let Some(mut kept) = take_kept() {
            // Most spans follow one of the same tracer: the shared counters stay untouched.
            if !Arc::ptr_eq(&kept.shared, shared) {
                kept.shared = shared.clone();
            }
            if !kept.scope.is(scope) {
                kept.scope = scope.clone();
            }
            (kept.context, kept.parent_span_id, kept.flags) = (context, parent_span_id, flags);
            (kept.name, kept.kind, kept.epoch, kept.start) = (name, kind, epoch, start);
            return kept;
        }
        Box::new(Recording {
            shared: shared.clone(),
            scope: scope.clone(),
            context,
            parent_span_id,
            flags,
            name,
            kind,
            epoch,
            start,
            status: Status::Unset,
            body: SpanEncoder::new(),
        })
    }

    /// The time as the span sees it: what the wall clock said at its start, and the time that has passed.
    #[inline]
    fn now_unix_nano(&self) -> u64 {
        self.epoch.saturating_add(self.shared.clock.monotonic_nano())
    }

    fn add_event(&mut self, name: &str, unix_nano: u64, attributes: &[(&str, Value<'_>)]) {
        self.body.add_event(&self.shared.limits, name, unix_nano, attributes);
    }

    /// Encodes the span into the chunk of this thread. An end that nobody gave is now, and never before
    /// the start, even one that was given as later.
    fn end(mut self: Box<Self>, end: Option<u64>) {
        let end = end.unwrap_or_else(|| self.now_unix_nano().max(self.start));
        let head = SpanHead {
            trace_id: self.context.trace_id().to_bytes(),
            span_id: self.context.span_id().to_bytes(),
            trace_state: self.context.trace_state().as_str(),
            parent_span_id: self.parent_span_id.map(SpanId::to_bytes),
            name: &self.name,
            kind: self.kind,
            start_time_unix_nano: self.start,
            end_time_unix_nano: end,
            status: &self.status,
            flags: self.flags,
        };
        self.shared.chunks.record(&self.scope, &head, &self.body);
        self.status = Status::Unset;
        self.name = Cow::Borrowed("");
        self.body.clear();
        keep(self);
    }
}

/// OTLP span flags: the W3C flags, and whether the parent (or the linked span) is remote.
fn span_flags(context: &SpanContext, remote: bool) -> u32 {
    const HAS_IS_REMOTE: u32 = 0x100;
    const IS_REMOTE: u32 = 0x200;
    u32::from(context.flags().bits()) | HAS_IS_REMOTE | if remote { IS_REMOTE } else { 0 }
}

/// How many ended recordings a thread keeps for the next spans.
const KEPT: usize = 32;

/// A recording that holds on to more bytes than this is not kept.
const KEPT_BYTES: usize = 16 * 1024;

thread_local! {
    #[allow(clippy::vec_box, reason = "the box is what is kept: a span holds it")]
    static RECORDINGS: RefCell<Vec<Box<Recording>>> = const { RefCell::new(Vec::new()) };
}

fn take_kept() -> Option<Box<Recording>> {
    RECORDINGS.try_with(|kept| kept.try_borrow_mut().ok()?.pop()).ok().flatten()
}

fn keep(recording: Box<Recording>) {
    if recording.body.capacity() > KEPT_BYTES {
        return;
    }
    // The thread may be ending; then the recording just goes.
    let _ = RECORDINGS.try_with(|kept| {
        if let Ok(mut kept) = kept.try_borrow_mut()
            && kept.len() < KEPT
        {
            kept.push(recording);
        }
    });
}
