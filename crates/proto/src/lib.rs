#![doc = include_str!("../README.md")]

pub mod common {
    //! Attribute values and instrumentation scopes: the package `opentelemetry.proto.common`.

    pub mod v1 {
        //! The package `opentelemetry.proto.common.v1`.
        include!("gen/opentelemetry.proto.common.v1.rs");
    }
}

pub mod resource {
    //! What telemetry speaks about: the package `opentelemetry.proto.resource`.

    pub mod v1 {
        //! The package `opentelemetry.proto.resource.v1`.
        include!("gen/opentelemetry.proto.resource.v1.rs");
    }
}

pub mod trace {
    //! Spans: the package `opentelemetry.proto.trace`.

    pub mod v1 {
        //! The package `opentelemetry.proto.trace.v1`.
        include!("gen/opentelemetry.proto.trace.v1.rs");
    }
}

pub mod collector {
    //! What is said to a collector: the package `opentelemetry.proto.collector`.

    pub mod trace {
        //! Exporting spans: the package `opentelemetry.proto.collector.trace`.

        pub mod v1 {
            //! The package `opentelemetry.proto.collector.trace.v1`.
            include!("gen/opentelemetry.proto.collector.trace.v1.rs");
        }
    }
}

pub mod google {
    //! The messages outside of OTLP that a collector answers with when it refuses.

    pub mod rpc {
        //! The part of the package `google.rpc` that OTLP uses: how a request failed.
        include!("gen/google.rpc.rs");
    }

    pub mod protobuf {
        //! The well-known types of the package `google.protobuf` that occur in [`rpc`](super::rpc).
        include!("gen/google.protobuf.rs");
    }
}
