//! What the server's thread and the test share: the script ahead and the requests behind.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::{DeliveredSpan, Reply, Request};

pub(crate) struct Journal {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    script: VecDeque<Reply>,
    otherwise: Reply,
    requests: Vec<Arc<Request>>,
    accepted_spans: usize,
    connections: usize,
}

impl Journal {
    pub(crate) fn new() -> Self {
        let state = State {
            script: VecDeque::new(),
            otherwise: Reply::ok(),
            requests: Vec::new(),
            accepted_spans: 0,
            connections: 0,
        };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    pub(crate) fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.lock().script.extend(replies);
    }

    pub(crate) fn otherwise(&self, reply: Reply) {
        self.lock().otherwise = reply;
    }

    /// Counts a connection and numbers it.
    pub(crate) fn connect(&self) -> usize {
        let mut state = self.lock();
        state.connections += 1;
        state.connections
    }

    /// Notes the request and takes its reply off the script in one step.
    pub(crate) fn record(&self, mut request: Request) -> Reply {
        let mut state = self.lock();
        let reply = state.script.pop_front().unwrap_or_else(|| state.otherwise.clone());
        request.accepted = reply.accepts();
        if request.accepted {
            state.accepted_spans += request.span_count();
        }
        state.requests.push(Arc::new(request));
        self.changed.notify_all();
        reply
    }

    pub(crate) fn connections(&self) -> usize {
        self.lock().connections
    }

    pub(crate) fn requests(&self) -> Vec<Arc<Request>> {
        self.lock().requests.clone()
    }

    pub(crate) fn accepted_spans(&self) -> Vec<DeliveredSpan> {
        let requests = self.requests();
        requests.iter().filter(|request| request.accepted).flat_map(|request| request.spans()).collect()
    }

    pub(crate) fn wait_for_requests(&self, count: usize, timeout: Duration) {
        self.wait(count, timeout, "requests", |state| state.requests.len());
    }

    pub(crate) fn wait_for_spans(&self, count: usize, timeout: Duration) {
        self.wait(count, timeout, "accepted spans", |state| state.accepted_spans);
    }

    fn wait(&self, count: usize, timeout: Duration, what: &str, seen: impl Fn(&State) -> usize) {
        let waiting = self.changed.wait_timeout_while(self.lock(), timeout, |state| seen(state) < count);
        let (state, result) = waiting.unwrap_or_else(PoisonError::into_inner);
        assert!(
            !result.timed_out(),
            "waited {timeout:?} for {count} {what}, got {} ({} requests over {} connections)",
            seen(&state),
            state.requests.len(),
            state.connections
        );
    }

    /// A test that failed while it waited leaves the state whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
