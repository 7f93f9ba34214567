//! The gRPC stubs, by tonic-build. They carry bytes, not messages: whoever uses them has the encoded batch already.

use std::fs;

use anyhow::{Context as _, Result};
use heck::ToSnakeCase as _;
use prost_types::{FileDescriptorSet, ServiceDescriptorProto};
use tonic_build::manual::{Builder, Method, Service};

use crate::workspace;

const MESSAGE: &str = "bytes::Bytes";
const CODEC: &str = "crate::codec::BytesCodec";

/// The lints of the workspace are for what people write.
const ALLOWED: &str = "\
#![allow(
    clippy::allow_attributes_without_reason,
    clippy::default_constructed_unit_structs,
    unreachable_pub,
    reason = \"the generator decides\"
)]\n\n";

/// One client for each service: the name of its file and its code.
pub(super) fn client(descriptors: &FileDescriptorSet) -> Result<Vec<(String, String)>> {
    // tonic-build writes files and nothing else.
    let directory = workspace::root().join("target/codegen");
    fs::create_dir_all(&directory).with_context(|| directory.display().to_string())?;
    let mut files = Vec::new();
    for (package, service) in services(descriptors) {
        let builder = Builder::new().build_server(false).build_transport(false).out_dir(&directory);
        builder.compile(&[describe(package, service)]);
        let path = directory.join(format!("{package}.{}.rs", service.name()));
        let code = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        files.push((format!("{}.rs", service.name().to_snake_case()), format!("{ALLOWED}{code}")));
    }
    Ok(files)
}

fn services(descriptors: &FileDescriptorSet) -> impl Iterator<Item = (&str, &ServiceDescriptorProto)> {
    descriptors.file.iter().flat_map(|file| file.service.iter().map(|service| (file.package(), service)))
}

fn describe(package: &str, service: &ServiceDescriptorProto) -> Service {
    let mut builder = Service::builder().name(service.name()).package(package);
    for method in &service.method {
        builder = builder.method(
            Method::builder()
                .name(method.name().to_snake_case())
                .route_name(method.name())
                .input_type(MESSAGE)
                .output_type(MESSAGE)
                .codec_path(CODEC)
                .build(),
        );
    }
    builder.build()
}
