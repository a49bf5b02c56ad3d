#![doc = include_str!("../README.md")]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "an overflow in a test is a failure with a place"
)]

mod checker;
mod clocks;
mod credentials;
mod random;
mod report;
mod simulation;
mod subject;
mod trace;
mod violation;
mod world;

pub use credentials::Credentials;
pub use report::{Report, Tally};
pub use simulation::Simulation;
pub use subject::{Advice, Answer, Held, Outcome, Outgoing, Subject};
pub use violation::{Rule, Violation};

/// Drives redox-auth-core's sessions through `steps` scenario steps, all of them from `seed`.
///
/// # Panics
/// When a rule is broken: with the rule, the seed, the step and the end of the trace.
#[must_use]
pub fn simulate(seed: u64, steps: usize) -> Report {
    match Simulation::new(seed).run(steps) {
        Ok(report) => report,
        Err(violation) => panic!("{violation}"),
    }
}
