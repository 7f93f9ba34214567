//! Keeps a share of a million traces and prints how many: `cargo run -p telespan-sampler --example share -- 2500`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use telespan_context::{TraceId, TraceState};
use telespan_sampler::{PerMillion, Sampler};

fn main() -> Result<(), Box<dyn Error>> {
    let rate: u32 = std::env::args().nth(1).as_deref().unwrap_or("10000").parse()?;
    let sampler = Sampler::new(PerMillion::try_from(rate)?);
    // Multiples of an odd number near 2^128 divided by the golden ratio are spread evenly.
    let ids = (1..=1_000_000u128)
        .filter_map(|n| TraceId::new(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)));
    let kept = ids.filter(|id| sampler.decide(None, *id, &TraceState::EMPTY).is_sampled()).count();
    println!("a rate of {rate} per million kept {kept} of 1000000 traces");
    Ok(())
}
