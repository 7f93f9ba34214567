//! What happens to spans for which there is no room.

use std::time::Duration;

/// What to do when the byte budget is used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Overload {
    /// Refuse what is new: [`DropReason::QueueFull`](telespan_export::DropReason::QueueFull). Costs the
    /// program next to nothing, and keeps the beginning of an incident.
    #[default]
    DropNewest,
    /// Give up the oldest queued batches to make room:
    /// [`DropReason::Evicted`](telespan_export::DropReason::Evicted). The batch that is being sent
    /// stays. If nothing is left to give up, the new spans are refused as with `DropNewest`.
    DropOldest,
    /// Make the producer wait for room, at most this long:
    /// [`DropReason::BlockTimeout`](telespan_export::DropReason::BlockTimeout). The only policy that
    /// lets telemetry slow a program down.
    Block {
        /// The longest wait of one producer.
        deadline: Duration,
    },
}
