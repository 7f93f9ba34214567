//! What `ssh` needs to take a trace to the other host.

use std::ffi::{OsStr, OsString};

/// Options that have `ssh` offer the trace context to the server, for the command named `name`. They add to
/// the user's own `SendEnv`; `SetEnv` is not touched, since only the first one counts.
pub(crate) fn options(name: &OsStr) -> impl Iterator<Item = OsString> {
    let options = ["-o", "SendEnv=TRACEPARENT", "-o", "SendEnv=TRACESTATE"];
    let is_ssh = name == "ssh";
    options.into_iter().filter(move |_| is_ssh).map(OsString::from)
}
