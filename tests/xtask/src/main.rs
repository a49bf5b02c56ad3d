//! `cargo xtask`: the project's own checks, the same for a person and for CI.

mod bare_metal;
mod board;
mod checks;
mod command;
mod firmware;
mod interop;
mod members;
mod step;
mod symbols;
mod tools;

use std::env;
use std::process::ExitCode;

use crate::step::STEPS;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] | ["-h" | "--help" | "help", ..] | [_, "-h" | "--help"] => {
            print!("{}", help());
            ExitCode::SUCCESS
        }
        ["test"] => step::run(&STEPS.iter().collect::<Vec<_>>()),
        ["test", names @ ..] => match step::named(names) {
            Ok(steps) => step::run(&steps),
            Err(unknown) => wrong_use(&format!("there is no step `{unknown}`")),
        },
        ["firmware"] => match step::named(&["firmware"]) {
            Ok(steps) => step::run(&steps),
            Err(unknown) => wrong_use(&format!("there is no step `{unknown}`")),
        },
        [other, ..] => wrong_use(&format!("cannot understand `{other}`")),
    }
}

fn wrong_use(what: &str) -> ExitCode {
    eprintln!("{what}\n\n{}", help());
    ExitCode::from(2)
}

fn help() -> String {
    let mut text = String::from(
        "The project's own checks.\n\n\
         cargo xtask test              every step below, in this order; stops at the first that fails\n\
         cargo xtask test STEP...      these steps only, in the order given\n\
         cargo xtask firmware          the same as `test firmware`\n\n\
         Exit code: 0 all passed, 1 a step failed, 2 wrong use.\n\
         What a step needs and does not find, it installs where it may (Debian packages as root, npm and\n\
         Python packages inside tests/interop); otherwise it prints the command that does, and fails.\n\n\
         Steps:\n",
    );
    for step in &STEPS {
        text.push_str(&format!("  {:<10}{}\n", step.name, step.about));
    }
    text
}
