//! Three ways to run the same futures: tracing needs none of them.

use std::future::Future;
use std::pin::{Pin, pin};
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Work that runs beside other work.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How futures are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runtime {
    /// A thread for each task, and no runtime.
    None,
    /// tokio, everything on one thread.
    CurrentThread,
    /// tokio, on many workers: a task may move between threads whenever it waits.
    MultiThread,
}

/// More than there are cores, so that tasks do move.
const WORKERS: usize = 16;

impl FromStr for Runtime {
    type Err = String;

    fn from_str(name: &str) -> Result<Runtime, String> {
        match name {
            "none" => Ok(Runtime::None),
            "current_thread" => Ok(Runtime::CurrentThread),
            "multi_thread" => Ok(Runtime::MultiThread),
            _ => Err(format!("`{name}` is no runtime: none, current_thread or multi_thread")),
        }
    }
}

impl Runtime {
    /// Runs `future` on this thread to its end.
    pub(crate) fn block_on<T>(self, future: impl Future<Output = T>) -> T {
        use tokio::runtime::Builder;
        let runtime = match self {
            Runtime::None => return block_on(future),
            Runtime::CurrentThread => Builder::new_current_thread().build(),
            Runtime::MultiThread => Builder::new_multi_thread().worker_threads(WORKERS).build(),
        };
        runtime.expect("the system has threads left").block_on(future)
    }

    /// Runs all tasks side by side and waits for them.
    pub(crate) async fn all(self, tasks: Vec<Task>) {
        if self == Runtime::None {
            let threads: Vec<_> =
                tasks.into_iter().map(|task| thread::spawn(move || block_on(task))).collect();
            for thread in threads {
                thread.join().expect("no task panics");
            }
        } else {
            let tasks: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
            for task in tasks {
                task.await.expect("no task panics");
            }
        }
    }
}

/// Lets other tasks run first, as any wait for the network would.
pub(crate) async fn wait_a_turn() {
    let mut waited = false;
    std::future::poll_fn(|context| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The smallest executor: this thread sleeps until the future can go on.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(result) => return result,
            Poll::Pending => thread::park(),
        }
    }
}
