//! Contenders in turns: what drifts in the machine hits all of them alike.

use std::time::Duration;

/// One way to do the work.
#[derive(Clone, Copy, Debug)]
pub struct Contender {
    /// What it is called in tables.
    pub name: &'static str,
    /// Does the work for so many batches and says how long that took, preparations left out.
    pub run: fn(batches: u64) -> Duration,
}

/// Runs all contenders in turns, `rounds` times after one turn to warm up, for `batches` batches a turn.
/// Returns for each its median time.
pub fn medians(contenders: &[Contender], rounds: usize, batches: u64) -> Vec<Duration> {
    let mut times = vec![Vec::with_capacity(rounds); contenders.len()];
    for round in 0..=rounds {
        for (contender, times) in contenders.iter().zip(&mut times) {
            let time = (contender.run)(batches);
            if round > 0 {
                times.push(time);
            }
        }
    }
    times.into_iter().map(median).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
