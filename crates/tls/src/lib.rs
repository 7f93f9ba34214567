#![doc = include_str!("../README.md")]

mod client;
mod error;
mod explain;
mod files;
mod identity;
mod pem;
mod roots;
mod stamp;
mod x509;

pub use client::{ClientTls, WarningHook};
pub use error::TlsError;
pub use explain::explain;
pub use files::{KeyPair, TlsFiles};
