//! The current span of a thread: a stack, of which the top is current.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::mem;

use telespan_context::SpanContext;

use crate::span::Span;

thread_local! {
    static STACK: RefCell<Stack> = const { RefCell::new(Stack { entries: Vec::new(), next: 0 }) };
}

struct Stack {
    entries: Vec<Entry>,
    /// The number of the next entry, by which its guard finds it even when guards are dropped out of order.
    next: u64,
}

struct Entry {
    number: u64,
    /// The span's context, which stays current while the span itself is lent out.
    context: Option<SpanContext>,
    /// `None` while it is lent out.
    span: Option<Span>,
}

impl Stack {
    fn push(&mut self, span: Span) -> u64 {
        let number = self.next;
        self.next += 1;
        self.entries.push(Entry { number, context: span.context().cloned(), span: Some(span) });
        number
    }

    fn entry(&mut self, number: u64) -> Option<&mut Entry> {
        self.entries.iter_mut().rfind(|entry| entry.number == number)
    }

    /// As [`remove`](Self::remove), in place for a span that does not record and so has no end.
    #[inline]
    fn leave(&mut self, number: u64) -> Option<Span> {
        match self.entries.last() {
            Some(Entry { number: top, span: Some(span), .. }) if *top == number && !span.is_recording() => {
                self.entries.truncate(self.entries.len() - 1);
                None
            }
            _ => self.remove(number),
        }
    }

    fn remove(&mut self, number: u64) -> Option<Span> {
        let at = self.entries.iter().rposition(|entry| entry.number == number)?;
        self.entries.remove(at).span
    }
}

/// `f` on the stack of this thread; `None` if the thread is ending.
fn with_stack<T>(f: impl FnOnce(&mut Stack) -> T) -> Option<T> {
    // Nothing that `f` does in this file comes back here, so the borrow cannot fail.
    STACK.try_with(|stack| stack.try_borrow_mut().ok().map(|mut stack| f(&mut stack))).ok().flatten()
}

/// The context of the current span of this thread, for log lines, other threads and outgoing requests.
#[inline]
pub fn current_context() -> Option<SpanContext> {
    with_stack(|stack| stack.entries.last()?.context.clone()).flatten()
}

/// Calls `f` with the current span of this thread, to add to it. `None` if there is none, or inside another
/// such call for the same span.
pub fn with_current<T>(f: impl FnOnce(&mut Span) -> T) -> Option<T> {
    let number = with_stack(|stack| stack.entries.last().map(|entry| entry.number))??;
    lend(number, f)
}

/// Takes the span out of its entry for as long as `f` runs, so that `f` may do with spans what it likes.
fn lend<T>(number: u64, f: impl FnOnce(&mut Span) -> T) -> Option<T> {
    /// Puts the span back, after a panic too.
    struct Lent(u64, Span);
    impl Drop for Lent {
        fn drop(&mut self) {
            let mut span = Some(mem::take(&mut self.1));
            with_stack(|stack| {
                if let Some(entry) = stack.entry(self.0) {
                    entry.span = span.take();
                }
            });
            // If its guard is gone meanwhile, the span ends here, outside the borrow of the stack.
            drop(span);
        }
    }
    let span = with_stack(|stack| stack.entry(number)?.span.take())??;
    let mut lent = Lent(number, span);
    Some(f(&mut lent.1))
}

pub(crate) fn enter(span: Span) -> Entered {
    // On an ending thread nothing can be current any more: the span just ends.
    let number = with_stack(|stack| stack.push(span)).unwrap_or(u64::MAX);
    Entered { number, on_this_thread: PhantomData }
}

/// Runs `f` with the span as the current one; it gets it back even if `f` panics.
pub(crate) fn in_scope<T>(span: &mut Span, f: impl FnOnce() -> T) -> T {
    struct Back<'a>(&'a mut Span, Option<Entered>);
    impl Drop for Back<'_> {
        fn drop(&mut self) {
            if let Some(entered) = self.1.take() {
                *self.0 = entered.exit();
            }
        }
    }
    let entered = enter(mem::take(span));
    let _back = Back(span, Some(entered));
    f()
}

/// Keeps a span current on this thread. When it is dropped, the span ends, and what was current
/// before is current again.
///
/// In async code a guard must not live across an `.await`, where the task may move to another thread
/// and other tasks run on this one: use [`InSpan`](crate::InSpan) there.
#[must_use = "the span is current only as long as this guard lives"]
pub struct Entered {
    number: u64,
    /// The stack belongs to this thread, so the guard stays on it.
    on_this_thread: PhantomData<*const ()>,
}

impl Entered {
    /// Calls `f` with the span, to add to it. `None` only where a thread is ending, or inside
    /// another such call for the same span.
    pub fn with<T>(&self, f: impl FnOnce(&mut Span) -> T) -> Option<T> {
        lend(self.number, f)
    }

    /// The span is no longer current, and does not end yet.
    pub fn exit(self) -> Span {
        let number = self.number;
        mem::forget(self);
        with_stack(|stack| stack.remove(number)).flatten().unwrap_or_default()
    }
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        // The span ends outside the borrow of the stack.
        let span = with_stack(|stack| stack.leave(self.number)).flatten();
        drop(span);
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entered").finish_non_exhaustive()
    }
}
