//! A client configuration that follows its files.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::ClientConfig;
use rustls::crypto::ring;

use crate::identity::ChooseIdentity;
use crate::stamp::Stamp;
use crate::{TlsError, TlsFiles, identity, roots};

/// Is told when changed files cannot be used. Must not block.
pub type WarningHook = Arc<dyn Fn(&TlsError) + Send + Sync>;

/// The TLS side of a client: verifies servers, offers client certificates, and takes up changed files by itself.
///
/// Speaks TLS 1.2 and 1.3 with the ring provider. Clones share everything.
#[derive(Clone)]
pub struct ClientTls {
    shared: Arc<Shared>,
}

struct Shared {
    files: TlsFiles,
    alpn: Vec<Vec<u8>>,
    state: Mutex<State>,
}

struct State {
    config: Arc<ClientConfig>,
    /// Of the files when they were last read, whether that succeeded or not.
    stamps: Vec<Option<Stamp>>,
    hook: Option<WarningHook>,
}

impl ClientTls {
    /// Reads all files. `alpn` lists the protocols to offer, preferred first, e.g. `&[b"h2"]`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with any of the files, in their order; at least one error.
    pub fn load(files: TlsFiles, alpn: &[&[u8]]) -> Result<Self, Vec<TlsError>> {
        let alpn: Vec<_> = alpn.iter().map(|protocol| protocol.to_vec()).collect();
        // Before reading, so that a change in between is seen as one afterwards.
        let stamps = stamps(&files);
        let config = build(&files, &alpn)?;
        let state = Mutex::new(State { config, stamps, hook: None });
        Ok(Self { shared: Arc::new(Shared { files, alpn, state }) })
    }

    /// Sets who is told when changed files cannot be used: once per change and error, from within [`Self::config`],
    /// also that of the clones. Replaces an earlier hook.
    #[must_use]
    pub fn with_warning_hook(self, hook: WarningHook) -> Self {
        self.shared.lock().hook = Some(hook);
        self
    }

    /// The configuration for the next connection.
    ///
    /// Looks whether any file changed and then reads them all again, once per change. If what they hold now is not
    /// usable, the last good configuration stays. Costs one `stat` per file if nothing changed. Without any file
    /// nothing is ever looked at again, the system's roots included.
    pub fn config(&self) -> Arc<ClientConfig> {
        let mut state = self.shared.lock();
        let stamps = stamps(&self.shared.files);
        if stamps == state.stamps {
            return state.config.clone();
        }
        state.stamps = stamps;
        let errors = match build(&self.shared.files, &self.shared.alpn) {
            Ok(config) => {
                state.config = config;
                Vec::new()
            }
            Err(errors) => errors,
        };
        let config = state.config.clone();
        let hook = state.hook.clone();
        drop(state);
        if let Some(hook) = hook {
            errors.iter().for_each(|error| hook(error));
        }
        config
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Every assignment leaves a whole state, so a panic elsewhere does no harm here.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientTls").field("files", &self.shared.files).finish_non_exhaustive()
    }
}

fn stamps(files: &TlsFiles) -> Vec<Option<Stamp>> {
    files.paths().map(Stamp::of).collect()
}

fn build(files: &TlsFiles, alpn: &[Vec<u8>]) -> Result<Arc<ClientConfig>, Vec<TlsError>> {
    let provider = Arc::new(ring::default_provider());
    let mut errors = Vec::new();
    let roots = roots::load(&files.ca_certs, &mut errors);
    let identities = identity::load(&files.key_pairs, provider.key_provider, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let verifying = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for TLS 1.2 and 1.3")
        .with_root_certificates(roots);
    let mut config = if identities.is_empty() {
        verifying.with_no_client_auth()
    } else {
        verifying.with_client_cert_resolver(Arc::new(ChooseIdentity(identities)))
    };
    config.alpn_protocols = alpn.to_vec();
    Ok(Arc::new(config))
}
