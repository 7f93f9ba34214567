//! What TLS found wrong with a connection, kept for the request that learns of it only as "connection closed".
//!
//! hyper drives connections in tasks of their own and keeps their errors to itself. The one that matters most, a
//! server that refuses the client's certificate, comes after the handshake in TLS 1.3 and would be lost.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use crate::explain::{describe, is_tls};

/// What TLS found wrong with the last of a client's connections, in the words of [`describe`]. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct TlsFault(Arc<Mutex<Option<String>>>);

impl TlsFault {
    /// Keeps `error` if it is one of TLS.
    pub(crate) fn note(&self, error: &io::Error) {
        if is_tls(error) {
            self.set(Some(describe(error)));
        }
    }

    pub(crate) fn clear(&self) {
        self.set(None);
    }

    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, fault: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}
