//! An exporter as `telespan check` shows it: for programs and for people.

use std::fmt;

use serde::Serialize;
use telespan::{Compression, Encoding, ExporterSettings, ExporterUrl, FileOptions};

/// Where spans go. The members of the JSON object stand in this order.
#[derive(Serialize)]
#[serde(tag = "protocol", rename_all = "lowercase")]
pub(super) enum Exporter {
    Grpc { url: String, host: String, port: u16, tls: bool },
    Http { url: String, host: String, port: u16, tls: bool, path: String },
    File { url: String, directory: String, limit: u64, max_files: Option<u64>, max_bytes: Option<u64> },
    Unix { url: String, path: String },
    Stdout { url: String },
}

impl Exporter {
    pub(super) fn new(settings: &ExporterSettings) -> Exporter {
        let url = settings.url.redacted().to_string();
        let tls = settings.is_tls();
        match &settings.url {
            ExporterUrl::Grpc(to) => {
                Exporter::Grpc { url, host: to.host().to_string(), port: to.port(), tls }
            }
            ExporterUrl::Http(to) => Exporter::Http {
                url,
                host: to.host().to_string(),
                port: to.port(),
                tls,
                path: to.path().to_owned(),
            },
            ExporterUrl::File(to) => Exporter::file(url, to),
            ExporterUrl::Unix(to) => Exporter::Unix { url, path: to.path().to_string_lossy().into_owned() },
            _ => Exporter::Stdout { url },
        }
    }

    fn file(url: String, options: &FileOptions) -> Exporter {
        Exporter::File {
            url,
            directory: options.directory().to_string_lossy().into_owned(),
            limit: options.limit(),
            max_files: options.max_files(),
            max_bytes: options.max_bytes(),
        }
    }

    fn protocol(&self) -> &'static str {
        match self {
            Exporter::Grpc { tls: false, .. } => "OTLP/gRPC, plaintext",
            Exporter::Grpc { tls: true, .. } => "OTLP/gRPC over TLS",
            Exporter::Http { tls: false, .. } => "OTLP/HTTP, plaintext",
            Exporter::Http { tls: true, .. } => "OTLP/HTTP over TLS",
            Exporter::Unix { .. } => "OTLP/gRPC over a unix socket",
            Exporter::File { .. } => "rotating files of OTLP/JSON lines",
            Exporter::Stdout { .. } => "OTLP/JSON lines on standard output",
        }
    }
}

/// A name and a value of the text for people.
pub(super) type Row = (&'static str, String);

/// The settings of an exporter for people, secrets as `***`.
pub(super) fn rows(settings: &ExporterSettings) -> Vec<Row> {
    let exporter = Exporter::new(settings);
    let mut rows =
        vec![("exporter", settings.url.redacted().to_string()), ("protocol", exporter.protocol().to_owned())];
    match exporter {
        Exporter::File { directory, limit, max_files, max_bytes, .. } => {
            rows.push(("directory", directory));
            rows.push(("limit", format!("{limit} bytes a file")));
            rows.extend(max_files.map(|files| ("max_files", files.to_string())));
            rows.extend(max_bytes.map(|bytes| ("max_bytes", bytes.to_string())));
        }
        Exporter::Stdout { .. } => {}
        Exporter::Grpc { .. } | Exporter::Http { .. } | Exporter::Unix { .. } => {
            rows.extend(network_rows(settings));
        }
    }
    rows
}

fn network_rows(settings: &ExporterSettings) -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(settings.ca_certs.iter().map(|path| ("ca_certs", path.display().to_string())));
    rows.extend(settings.key_pairs.iter().map(|pair| {
        ("https_keypairs", format!("{} + {}", pair.key_file.display(), pair.cert_file.display()))
    }));
    rows.extend(settings.headers.iter().map(|(name, _)| ("headers", format!("{name}: ***"))));
    if settings.compression != Compression::default() {
        rows.push(("compression", word(&settings.compression)));
    }
    if settings.encoding != Encoding::default() {
        rows.push(("encoding", word(&settings.encoding)));
    }
    rows.push(("timeout", format!("{:?}", settings.timeout)));
    rows
}

/// A choice as the file writes it.
fn word(choice: &impl fmt::Debug) -> String {
    format!("{choice:?}").to_lowercase()
}
