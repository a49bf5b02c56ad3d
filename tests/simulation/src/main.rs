//! `cargo run -p redox-auth-simulation -- [SEED] [STEPS] [trace]`: one run, and what happened in it.

use std::env;
use std::process::ExitCode;

use redox_auth_simulation::Simulation;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |index: usize, default: u64| match arguments.get(index) {
        Some(text) => text.parse().ok(),
        None => Some(default),
    };
    let (seed, steps) = (number(0, 1), number(1, 1_000_000));
    let steps = steps.and_then(|steps| usize::try_from(steps).ok());
    let trace = match arguments.get(2..) {
        None | Some([]) => Some(false),
        Some([word]) if word == "trace" => Some(true),
        Some(_) => None,
    };
    let (Some(seed), Some(steps), Some(trace)) = (seed, steps, trace) else {
        eprintln!(
            "expected a seed (1), a number of steps (1000000), and `trace` to see all of them"
        );
        return ExitCode::from(2);
    };
    println!("seed {seed}");
    let simulation = Simulation::new(seed);
    let simulation = if trace {
        simulation.keep_trace()
    } else {
        simulation
    };
    match simulation.run(steps) {
        Ok(report) => {
            for line in report.trace.iter().flatten() {
                println!("{line}");
            }
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(violation) => {
            eprintln!("{violation}");
            ExitCode::FAILURE
        }
    }
}
