//! Where the spans of a command go.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use rustix::process::geteuid;
use telespan::{ExporterSettings, ExporterUrl, KeyPair, Secret};

use crate::args::TraceOptions;

/// The forwarder of this machine where it has no unix socket.
const FORWARDER: &str = "grpc://127.0.0.1:4317";

/// The unix socket of the machine's forwarder.
const FORWARDER_SOCKET: &str = "/run/telespan/forwarder.sock";

/// What the options say about where to send: the exporter named, else the forwarder.
pub(crate) fn settings(options: &TraceOptions) -> anyhow::Result<ExporterSettings> {
    let mut settings = ExporterSettings::from(url(options)?);
    settings.ca_certs.clone_from(&options.trace_ca_cert);
    if let (Some(cert_file), Some(key_file)) = (options.trace_cert.clone(), options.trace_key.clone()) {
        settings.key_pairs.push(KeyPair { key_file, cert_file });
    }
    settings.headers = options.trace_header.iter().map(|text| header(text)).collect::<anyhow::Result<_>>()?;
    Ok(settings)
}

fn url(options: &TraceOptions) -> anyhow::Result<ExporterUrl> {
    if let Some(url) = &options.trace_exporter {
        return url.parse().context("--trace-exporter");
    }
    if let Some(url) = &options.forwarder {
        return url.parse().context("--forwarder");
    }
    match std::env::var("TELESPAN_FORWARDER") {
        Ok(url) if !url.is_empty() => url.parse().context("TELESPAN_FORWARDER"),
        _ => Ok(local_forwarder()),
    }
}

/// The unix socket of a forwarder, the user's own first, else the standard port.
fn local_forwarder() -> ExporterUrl {
    let own = std::env::var_os("XDG_RUNTIME_DIR").filter(|_| !geteuid().is_root());
    let own = own.map(|directory| PathBuf::from(directory).join("telespan/forwarder.sock"));
    let sockets = own.into_iter().chain([FORWARDER_SOCKET.into()]);
    let socket = sockets.filter(|socket| socket.exists()).find_map(|socket| unix_url(&socket));
    socket.unwrap_or_else(|| FORWARDER.parse().expect("the constant is a URL"))
}

fn unix_url(socket: &std::path::Path) -> Option<ExporterUrl> {
    format!("unix:{}", socket.to_str()?).parse().ok()
}

/// A header as typed. What cannot be read is not shown: it may be a secret.
fn header(text: &str) -> anyhow::Result<(String, Secret)> {
    let (name, value) =
        text.split_once(':').ok_or_else(|| anyhow!("--trace-header: write it as `name: value`"))?;
    Ok((name.trim().to_owned(), Secret::new(value.trim())))
}
