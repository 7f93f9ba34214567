//! The one thread that sends.
use crate::queue::Outcome;
use crate::shared::Shared;
use std::sync::Arc;

pub(crate) struct Worker {
    shared: Arc<Shared>,
}
impl Worker {
    pub(crate) fn new(shared: Arc<Shared>) -> Worker {
        Worker { shared }
    }
    pub(crate) fn run(self) {
        self.shared.give_up();
        self.shared.finish(Outcome::Closed);
    }
}
