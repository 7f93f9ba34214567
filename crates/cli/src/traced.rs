//! Runs a command inside a span. The command comes first: whatever is wrong with tracing, it runs.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::Context;
use telespan::{
    ChildEnvironment, Environment, Event, ExporterSettings, Guard, Propagated, Span, SpanContext, Telespan,
    Value, extract, inject,
};

use crate::args::TraceOptions;
use crate::child::{Outcome, Running};
use crate::destination::{self, NoDestination};
use crate::relay::Relay;
use crate::run::{cannot_start, replace};
use crate::{say, ssh};

/// Runs `command` as the options say; returns its exit code.
pub(crate) fn run(options: &TraceOptions, command: &[OsString]) -> ExitCode {
    let started = match destination::settings(options) {
        Ok(settings) => Tracing::start(settings),
        Err(NoDestination::Environment(error)) => Err(error),
        Err(NoDestination::Usage(error)) => {
            say::line(format_args!("error: {error:#}"));
            return ExitCode::from(2);
        }
    };
    match started {
        Ok(tracing) => ExitCode::from(tracing.run(options, command)),
        Err(error) => {
            say::line(format_args!("telespan: not traced: {error:#}"));
            replace(command)
        }
    }
}

/// The last thing that went wrong in the background.
type Trouble = Arc<Mutex<Option<String>>>;

/// Takes note of trouble. Nobody is kept waiting for a receiver that is not there.
fn hook(trouble: Trouble, running: Arc<OnceLock<telespan::Tracing>>) -> impl Fn(&Event) + Send + Sync {
    move |event| {
        if let Event::Retrying { error, .. } | Event::Dropped { error: Some(error), .. } = event {
            *trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
        }
        if let (Event::Retrying { peer_absent: true, .. }, Some(tracing)) = (event, running.get()) {
            // Its outcome is waited for elsewhere.
            let _ = tracing.shutdown(Duration::ZERO);
        }
    }
}

/// Everything that tracing needs, ready before the command starts.
struct Tracing {
    guard: Guard,
    relay: Relay,
    trouble: Trouble,
}

impl Tracing {
    fn start(settings: ExporterSettings) -> anyhow::Result<Tracing> {
        let trouble = Trouble::default();
        let running: Arc<OnceLock<telespan::Tracing>> = Arc::default();
        let hook = hook(trouble.clone(), running.clone());
        let guard = Telespan::to(settings).service_name("telespan").on_event(hook).start()?;
        if let Some(tracing) = guard.tracing() {
            running.get_or_init(|| tracing.clone());
        }
        let relay = Relay::start().context("signals cannot be passed on")?;
        Ok(Tracing { guard, relay, trouble })
    }

    fn run(self, options: &TraceOptions, command: &[OsString]) -> u8 {
        let Tracing { guard, relay, trouble } = self;
        let Propagated { parent, baggage } = extract(&std::env::vars_os().collect::<Environment>());
        let name = base_name(&command[0]);
        let tracer = guard.tracer("telespan");
        let mut span = tracer.span(name.to_string_lossy().into_owned()).parent(parent).start();
        describe(&mut span, options, name, command);

        let mut child = Command::new(&command[0]);
        child.args(ssh::options(name)).args(&command[1..]);
        let mut environment = ChildEnvironment::default();
        inject(span.context(), &baggage, &mut environment);
        for (name, value) in environment.changes() {
            match value {
                Some(value) => child.env(name, value),
                None => child.env_remove(name),
            };
        }
        let code = stand_by(&mut child, relay, &mut span);
        let context = span.context().cloned();
        span.end();
        if let Some(context) = context {
            finish(guard, &trouble, options, &context);
        }
        code
    }
}

/// Starts the command and waits for its end; the span learns how it went. Returns the exit code.
fn stand_by(child: &mut Command, relay: Relay, span: &mut Span) -> u8 {
    let running = match Running::start(child, relay) {
        Ok(running) => running,
        Err(error) => {
            span.record_error(&error);
            let code = cannot_start(child.get_program(), &error);
            span.set_attribute("process.exit.code", code);
            return code;
        }
    };
    span.set_attribute("process.pid", running.pid());
    match running.wait() {
        Ok(outcome) => {
            span.set_attribute("process.exit.code", outcome.code());
            match outcome {
                Outcome::Exited(0) => {}
                Outcome::Exited(code) => drop(span.set_error(format_args!("exit code {code}"))),
                Outcome::Signaled(signal) => drop(span.set_error(format_args!("ended by signal {signal}"))),
            }
            outcome.code()
        }
        Err(error) => {
            span.record_error(&error);
            let name = child.get_program().to_string_lossy();
            say::line(format_args!("telespan: cannot wait for {name}: {error}"));
            1
        }
    }
}

/// Sends the span and says on one line where the trace is.
fn finish(guard: Guard, trouble: &Trouble, options: &TraceOptions, context: &SpanContext) {
    let trace = context.trace_id();
    let destination = guard.destination().cloned();
    let tracing = guard.tracing().cloned();
    // What matters is in the account: spans may have been sent although something did not close in order.
    let ended = guard.shutdown_within(options.timeout());
    let lost = tracing.is_some_and(|tracing| tracing.stats().dropped_total() > 0);
    let destination = destination.map(|destination| destination.to_string()).unwrap_or_default();
    if lost {
        let ended = ended.err().map(|error| error.to_string()).unwrap_or_default();
        let reason = trouble.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(ended);
        say::line(format_args!("telespan: trace {trace} was not sent to {destination}: {reason}"));
    } else if options.trace_quiet {
        // Success is silent.
    } else if context.is_sampled() {
        say::line(format_args!("telespan: trace {trace} is in {destination}"));
    } else {
        say::line(format_args!("telespan: trace {trace} is not recorded: its parent is not sampled"));
    }
}

/// What is known of the command before it runs (OpenTelemetry semantic conventions, process).
fn describe(span: &mut Span, options: &TraceOptions, name: &OsStr, command: &[OsString]) {
    if !span.is_recording() {
        return;
    }
    span.set_attribute("process.executable.name", name.to_string_lossy());
    span.set_attribute("process.command", command[0].to_string_lossy());
    if options.trace_args {
        let arguments: Value<'_> = command.iter().map(|argument| argument.to_string_lossy()).collect();
        span.set_attribute("process.command_args", arguments);
    }
}

fn base_name(command: &OsStr) -> &OsStr {
    Path::new(command).file_name().unwrap_or(command)
}
