//! The body of an answer: bytes at once or slowly, trailers, or an abrupt end.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::server::Connection;

/// A sequence of steps, performed as the connection asks for more.
#[derive(Default)]
pub(crate) struct ReplyBody {
    steps: VecDeque<Step>,
    pause: Option<Pin<Box<Sleep>>>,
}

enum Step {
    Data(Bytes),
    Pause(Duration),
    Trailers(HeaderMap),
    Cut(Connection),
    Never,
}

impl ReplyBody {
    pub(crate) fn then_data(mut self, data: Bytes) -> Self {
        if !data.is_empty() {
            self.steps.push_back(Step::Data(data));
        }
        self
    }

    /// Each byte on its own, `interval` after the previous.
    pub(crate) fn then_slowly(mut self, data: &Bytes, interval: Duration) -> Self {
        for at in 0..data.len() {
            self.steps.push_back(Step::Pause(interval));
            self.steps.push_back(Step::Data(data.slice(at..=at)));
        }
        self
    }

    pub(crate) fn then_trailers(mut self, trailers: HeaderMap) -> Self {
        self.steps.push_back(Step::Trailers(trailers));
        self
    }

    /// Ends the connection after what came before has been sent.
    pub(crate) fn then_cut(mut self, connection: Connection) -> Self {
        self.steps.push_back(Step::Cut(connection));
        self
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        loop {
            if let Some(pause) = &mut self.pause {
                std::task::ready!(pause.as_mut().poll(context));
                self.pause = None;
            }
            match self.steps.pop_front() {
                None => return Poll::Ready(None),
                Some(Step::Data(data)) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                Some(Step::Trailers(trailers)) => return Poll::Ready(Some(Ok(Frame::trailers(trailers)))),
                Some(Step::Pause(interval)) => self.pause = Some(Box::pin(tokio::time::sleep(interval))),
                Some(Step::Cut(connection)) => {
                    connection.close_after_flush();
                    self.steps.push_back(Step::Never);
                }
                Some(Step::Never) => {
                    // HTTP/2 asks again for other reasons, and must not take the end for a good one.
                    self.steps.push_back(Step::Never);
                    return Poll::Pending;
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty() && self.pause.is_none()
    }

    /// Exact for plain data, so that HTTP/1.1 announces a length instead of sending chunks.
    fn size_hint(&self) -> SizeHint {
        let lengths = self.steps.iter().map(|step| match step {
            Step::Data(data) => Some(data.len() as u64),
            _ => None,
        });
        lengths.sum::<Option<u64>>().map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
