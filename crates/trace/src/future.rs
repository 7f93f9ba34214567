//! Spans that follow a future over its awaits and threads.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::span::Span;

/// Puts futures into spans.
pub trait InSpan: Future + Sized {
    /// The future with `span` as the current one whenever it is polled, on whatever thread, and when it is
    /// dropped. The span ends when the future is ready or dropped.
    fn in_span(self, span: Span) -> WithSpan<Self> {
        WithSpan { future: Some(self), span }
    }
}

impl<F: Future> InSpan for F {}

pin_project! {
    /// A future in a span, made by [`InSpan::in_span`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct WithSpan<F> {
        // `None` when it was ready.
        #[pin]
        future: Option<F>,
        span: Span,
    }

    impl<F> PinnedDrop for WithSpan<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                // What it does when it is cancelled belongs to the span too.
                let _entered = mem::take(this.span).enter();
                this.future.set(None);
            }
        }
    }
}

impl<F: Future> Future for WithSpan<F> {
    type Output = F::Output;

    /// # Panics
    /// If polled again after it was ready, as futures do.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let future = this.future.as_mut().as_pin_mut().expect("`WithSpan` polled after it was ready");
        let entered = mem::take(this.span).enter();
        let poll = future.poll(cx);
        if poll.is_ready() {
            this.future.set(None);
        } else {
            *this.span = entered.exit();
        }
        poll
    }
}
