//! Runs a command inside a span. The command comes first: whatever is wrong with tracing, it runs.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use telespan::{
    ChildEnvironment, Environment, Event, ExporterSettings, Guard, Propagated, Span, SpanContext, Telespan,
    Value, extract, inject,
};

use crate::args::TraceOptions;
use crate::child::{Outcome, Running, Signals};
use crate::run::{cannot_start, replace};
use crate::{destination, say, ssh};

/// Runs `command` as the options say; returns its exit code.
pub(crate) fn run(options: &TraceOptions, command: &[OsString]) -> ExitCode {
    let settings = match destination::settings(options) {
        Ok(settings) => settings,
        Err(error) => {
            say::line(format_args!("error: {error:#}"));
            return ExitCode::from(2);
        }
    };
    match Tracing::start(settings) {
        Ok(tracing) => ExitCode::from(tracing.run(options, command)),
        Err(error) => {
            say::line(format_args!("telespan: not traced: {error:#}"));
            replace(command)
        }
    }
}

/// Running tracing, and the last thing that went wrong in the background.
struct Tracing {
    guard: Guard,
    trouble: Arc<Mutex<Option<String>>>,
}

impl Tracing {
    fn start(settings: ExporterSettings) -> anyhow::Result<Tracing> {
        let trouble = Arc::new(Mutex::new(None));
        let hook = trouble.clone();
        let guard = Telespan::to(settings)
            .service_name("telespan")
            .on_event(move |event| {
                if let Event::Retrying { error, .. } | Event::Dropped { error: Some(error), .. } = event {
                    *hook.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
                }
            })
            .start()?;
        Ok(Tracing { guard, trouble })
    }

    fn run(self, options: &TraceOptions, command: &[OsString]) -> u8 {
        let Propagated { parent, baggage, .. } = extract(&std::env::vars_os().collect::<Environment>());
        let name = base_name(&command[0]);
        let mut span =
            self.guard.tracer("telespan").span(name.to_string_lossy().into_owned()).parent(parent).start();
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
        let code = stand_by(&mut child, &mut span, &command[0]);
        let context = span.context().cloned();
        span.end();
        self.finish(options, context.as_ref());
        code
    }

    /// Sends the span and says on one line where the trace is.
    fn finish(self, options: &TraceOptions, context: Option<&SpanContext>) {
        let Some(context) = context else { return };
        let trace = context.trace_id();
        let destination = self.guard.destination().cloned();
        let sent = self.guard.shutdown_within(options.trace_timeout);
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
        let destination = destination.map(|destination| destination.to_string()).unwrap_or_default();
        match sent {
            _ if !context.is_sampled() && !options.trace_quiet => {
                say::line(format_args!("telespan: trace {trace} is not recorded: its parent is not sampled"));
            }
            Ok(stats) if stats.dropped_total() == 0 => {
                if !options.trace_quiet {
                    say::line(format_args!("telespan: trace {trace} is in {destination}"));
                }
            }
            lost => {
                let lost = lost.err().map(|error| error.to_string()).unwrap_or_default();
                let reason = trouble.unwrap_or(lost);
                let timeout = seconds(options.trace_timeout);
                say::line(format_args!(
                    "telespan: trace {trace} was not sent to {destination} within {timeout}: {reason}"
                ));
            }
        }
    }
}

/// Starts the command and waits for its end; the span learns how it went. Returns the exit code.
fn stand_by(child: &mut Command, span: &mut Span, command: &OsString) -> u8 {
    let running = match Signals::catch().and_then(|signals| Running::start(child, signals)) {
        Ok(running) => running,
        Err(error) => {
            span.record_error(&error);
            let code = cannot_start(command, &error);
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
            say::line(format_args!("telespan: cannot wait for {}: {error}", command.to_string_lossy()));
            1
        }
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

fn seconds(duration: Duration) -> String {
    format!("{}s", duration.as_secs_f64())
}
