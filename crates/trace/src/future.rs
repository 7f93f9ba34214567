//! Spans that follow a future over its awaits and threads.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::span::Span;

/// Puts futures into spans.
pub trait InSpan: Future + Sized {
    /// The future with `span` as the current one whenever it is polled, on whatever thread. The span
    /// ends when the future is ready or dropped.
    fn in_span(self, span: Span) -> WithSpan<Self> {
        WithSpan { future: self, span }
    }
}

impl<F: Future> InSpan for F {}

pin_project! {
    /// A future in a span, made by [`InSpan::in_span`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct WithSpan<F> {
        #[pin]
        future: F,
        span: Span,
    }
}

impl<F: Future> Future for WithSpan<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let entered = mem::take(this.span).enter();
        let poll = this.future.poll(cx);
        let span = entered.exit();
        if poll.is_pending() {
            *this.span = span;
        }
        poll
    }
}
