//! What the spans of this process are about, unless the program says otherwise.

use telespan_otlp::{Resource, Value};

/// The attributes of a resource while it is put together.
///
/// Always there: `service.name`, and `telemetry.sdk.name`, `.language` and `.version`. A service
/// name that nobody gave is `unknown_service:` and the name of the executable (OpenTelemetry
/// resource conventions).
#[derive(Clone, Debug)]
pub struct ResourceBuilder {
    attributes: Vec<(String, Value<'static>)>,
}

impl ResourceBuilder {
    /// The default attributes only.
    pub fn new() -> Self {
        let sdk = [
            ("service.name", default_service_name()),
            ("telemetry.sdk.name", "telespan".to_owned()),
            ("telemetry.sdk.language", "rust".to_owned()),
            ("telemetry.sdk.version", env!("CARGO_PKG_VERSION").to_owned()),
        ];
        let attributes = sdk.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
        ResourceBuilder { attributes }
    }

    /// Names the service: the `service.name` attribute.
    #[must_use]
    pub fn service_name(self, name: impl Into<String>) -> Self {
        self.attribute("service.name", name.into())
    }

    /// Sets an attribute. The last value for a key counts.
    #[must_use]
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<Value<'static>>) -> Self {
        self.attributes.push((key.into(), value.into()));
        self
    }

    /// The resource, encoded.
    pub fn build(&self) -> Resource {
        Resource::new(self.attributes.iter().map(|(key, value)| (key.as_str(), value.clone())))
    }
}

impl Default for ResourceBuilder {
    fn default() -> Self {
        Self::new()
    }
}

fn default_service_name() -> String {
    let executable = std::env::current_exe().ok();
    match executable.as_deref().and_then(std::path::Path::file_name) {
        Some(name) => format!("unknown_service:{}", name.to_string_lossy()),
        None => "unknown_service".to_owned(),
    }
}
