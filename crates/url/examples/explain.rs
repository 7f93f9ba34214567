//! Says what an exporter URL means: `cargo run -p telespan-url --example explain -- grpc://localhost`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::process::ExitCode;

use telespan_url::ExporterUrl;

fn main() -> ExitCode {
    let text = std::env::args().nth(1).unwrap_or_else(|| "file:///var/lib/traces?max_files=10".to_owned());
    match text.parse::<ExporterUrl>() {
        Ok(url) => {
            println!("{}\n  {}", url.redacted(), explain(&url));
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{} at bytes {:?}\n  {}", error.problem(), error.span(), error.hint());
            ExitCode::FAILURE
        }
    }
}

fn explain(url: &ExporterUrl) -> String {
    match url {
        ExporterUrl::Grpc(url) => format!("OTLP/gRPC to {}, port {}", url.host(), url.port()),
        ExporterUrl::Http(url) => format!("OTLP/HTTP: POST {} to {}", url.path(), url.authority()),
        ExporterUrl::File(options) => {
            format!("files in {}, a new one at {} bytes", options.directory().display(), options.limit())
        }
        ExporterUrl::Unix(url) => format!("OTLP/gRPC over the socket {}", url.path().display()),
        ExporterUrl::Stdout => "OTLP/JSON lines on standard output".to_owned(),
        _ => "a kind of exporter that is younger than this example".to_owned(),
    }
}
