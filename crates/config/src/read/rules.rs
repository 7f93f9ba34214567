//! What settings say about each other: which of them the exporter of a URL can use.

use telespan_url::ExporterUrl;

use crate::node::{Node, Value};
use crate::{Compression, Encoding, Switch, TracingService};

use super::entries::Entries;
use super::{KEYPAIRS_ALIAS, Reader};

const NETWORK_ONLY: &str = "only exporters to the network use it";

impl Reader<'_> {
    /// Reports every setting that the exporter of the URL would have to ignore.
    pub(super) fn check_rules(&mut self, service: &TracingService, entries: &Entries<'_>) {
        let (Switch::On(url) | Switch::Off(Some(url))) = &service.switch else { return };
        let mut useless: Vec<(&str, &str)> = Vec::new();
        if let Some(hint) = useless_tls(&url.value) {
            useless.extend(["ca_certs", "https_keypairs", KEYPAIRS_ALIAS].map(|key| (key, hint)));
        }
        if matches!(url.value, ExporterUrl::File(_) | ExporterUrl::Stdout) {
            useless.extend(["headers", "headers_file"].map(|key| (key, NETWORK_ONLY)));
            useless
                .extend((service.compression != Compression::None).then_some(("compression", NETWORK_ONLY)));
        }
        if service.encoding != Encoding::Protobuf && !matches!(url.value, ExporterUrl::Http(_)) {
            useless.push(("encoding", "only http:// and https:// have a choice of encodings"));
        }
        for (key, hint) in useless {
            if entries.value(key).is_none_or(is_empty) {
                continue;
            }
            let Some(node) = entries.key(key) else { continue };
            let message = format!("`{key}` has no effect with {}", scheme(&url.value));
            self.report(self.error(node, message).with_hint(hint));
        }
    }
}

/// Why TLS files would be ignored, as a hint.
fn useless_tls(url: &ExporterUrl) -> Option<&'static str> {
    match url {
        ExporterUrl::Http(http) if !http.is_tls() => Some("use https://"),
        ExporterUrl::Unix(_) => Some("a unix socket has no TLS"),
        ExporterUrl::File(_) | ExporterUrl::Stdout => Some(NETWORK_ONLY),
        _ => None,
    }
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.is_empty(),
        Value::Map(pairs) => pairs.is_empty(),
        Value::Scalar(_) | Value::Tagged(_) => false,
    }
}

fn scheme(url: &ExporterUrl) -> &'static str {
    match url {
        ExporterUrl::Grpc(url) if url.is_tls() => "grpcs://",
        ExporterUrl::Grpc(_) => "grpc://",
        ExporterUrl::Http(url) if url.is_tls() => "https://",
        ExporterUrl::Http(_) => "http://",
        ExporterUrl::File(_) => "file:",
        ExporterUrl::Unix(_) => "unix:",
        ExporterUrl::Stdout => "stdout:",
        _ => "this URL",
    }
}
