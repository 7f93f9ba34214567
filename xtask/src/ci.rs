//! `cargo xtask ci`: what CI runs, in the order in which it fails soonest.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

mod examples;
mod steps;
mod tally;

use steps::{STEPS, Step};
use tally::Tally;

/// How a step that did not fail has ended.
enum Outcome {
    Passed,
    /// Cannot run on this machine, and why.
    Skipped(&'static str),
    /// Ran tests; failed if any of them did.
    Tested(Tally),
}

/// Runs all steps and stops at the first that fails. The last line counts the tests, whatever happens.
pub(crate) fn run_all() -> Result<()> {
    let mut summary = Vec::new();
    let mut tally = Tally::default();
    for step in STEPS {
        let (outcome, duration) = time(step);
        let (result, error) = judge(outcome, &mut tally);
        println!("-- {}: {result} ({})", step.name, seconds(duration));
        summary.push(format!("{:8} {:>8}  {result}", step.name, seconds(duration)));
        if let Some(error) = error {
            println!("\n{}", summary.join("\n"));
            bail!("step `{}` failed: {error:#}\nci: {tally}", step.name);
        }
    }
    println!("\n{}\nci: {tally}", summary.join("\n"));
    Ok(())
}

/// Runs one step.
pub(crate) fn run_one(name: &str) -> Result<()> {
    let step = STEPS.iter().find(|step| step.name == name);
    let step = step.with_context(|| format!("no such step: `{name}`; `cargo xtask ci --list` names them"))?;
    let (outcome, duration) = time(step);
    let (result, error) = judge(outcome, &mut Tally::default());
    println!("-- {}: {result} ({})", step.name, seconds(duration));
    error.map_or(Ok(()), |error| Err(error.context(format!("step `{name}` failed"))))
}

/// Names the steps.
pub(crate) fn list() -> Result<()> {
    for step in STEPS {
        println!("{:8}  {}", step.name, step.what);
    }
    Ok(())
}

fn time(step: &Step) -> (Result<Outcome>, Duration) {
    println!("\n== {}: {}", step.name, step.what);
    let start = Instant::now();
    let outcome = (step.run)();
    (outcome, start.elapsed())
}

/// How the step went, in words, with the error if it failed; adds the tests it ran to the tally.
fn judge(outcome: Result<Outcome>, total: &mut Tally) -> (String, Option<anyhow::Error>) {
    match outcome {
        Ok(Outcome::Passed) => ("ok".to_owned(), None),
        Ok(Outcome::Skipped(reason)) => (format!("skipped: {reason}"), None),
        Ok(Outcome::Tested(tests)) => {
            total.add(tests);
            let error = (tests.failed > 0).then(|| anyhow::anyhow!("{tests}"));
            (if error.is_some() { format!("FAILED: {tests}") } else { tests.to_string() }, error)
        }
        Err(error) => ("FAILED".to_owned(), Some(error)),
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_distinct_names() {
        let mut names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }

    #[test]
    fn a_failed_test_fails_its_step_and_still_counts() {
        let mut total = Tally { passed: 1, failed: 0 };
        let (words, error) = judge(Ok(Outcome::Tested(Tally { passed: 2, failed: 1 })), &mut total);
        assert_eq!(words, "FAILED: 2 passed, 1 failed");
        assert_eq!(error.unwrap().to_string(), "2 passed, 1 failed");
        assert_eq!(total, Tally { passed: 3, failed: 1 });
    }

    #[test]
    fn a_skipped_step_says_why_and_does_not_fail() {
        let (words, error) = judge(Ok(Outcome::Skipped("no such tool")), &mut Tally::default());
        assert_eq!(words, "skipped: no such tool");
        assert!(error.is_none());
    }
}
