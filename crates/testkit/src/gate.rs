//! Holds replies back until a test says so, instead of for some time.

use std::fmt;
use std::sync::Arc;

use tokio::sync::Semaphore;

/// Holds every reply that was given it ([`Reply::held_by`](crate::Reply::held_by)) until opened. Clones are the same gate.
#[derive(Clone)]
pub struct Gate {
    /// Without permits, so that acquiring ends when it is closed.
    permits: Arc<Semaphore>,
}

impl Gate {
    /// A gate that is shut.
    pub fn new() -> Self {
        Self { permits: Arc::new(Semaphore::new(0)) }
    }

    /// Lets all replies pass, those to come too.
    pub fn open(&self) {
        self.permits.close();
    }

    pub(crate) async fn pass(&self) {
        let _ = self.permits.acquire().await;
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("open", &self.permits.is_closed()).finish()
    }
}
