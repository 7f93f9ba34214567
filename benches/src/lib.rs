//! Workloads, peers and the interleaved comparison shared by the benchmarks.

mod interleave;
pub mod peer;
pub mod wide;

pub use interleave::{Contender, medians};
