//! `cargo xtask`: the project's own checks, the same for a person and for CI.

mod bare_metal;
mod bench;
mod beside;
mod board;
mod boards;
mod c;
mod checks;
mod command;
mod dashboard;
mod devices;
mod everywhere;
mod firmware;
mod flash;
mod fuzz;
mod inputs;
mod install;
mod interop;
mod journal;
mod layers;
mod mbedtls;
mod members;
mod mutants;
mod network;
mod other_jwt;
mod package;
mod packages;
mod pages;
mod project;
mod report;
mod requests;
mod side_by_side;
mod stack;
mod stacks;
mod step;
mod suite;
mod summary;
mod surroundings;
mod symbols;
mod together;
mod tools;
mod wasm;
mod weight;

use std::env;
use std::process::ExitCode;

use crate::bench::Extent;
use crate::command::Failure;
use crate::project::Scope;
use crate::step::STEPS;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let all: Vec<_> = STEPS.iter().collect();
    match arguments.as_slice() {
        [] | ["-h" | "--help" | "help", ..] | [_, "-h" | "--help"] => {
            print!("{}", help());
            ExitCode::SUCCESS
        }
        ["test"] if env::var_os("CI").is_none() => step::run(&all, Scope::Changed),
        ["test"] | ["test", "--all"] => step::run(&all, Scope::Everything),
        ["test", names @ ..] => steps(names),
        ["firmware"] => steps(&["firmware"]),
        ["bench", rest @ ..] => match Extent::parse(rest) {
            Some(extent) => done(bench::bench(&extent)),
            None => wrong_use("expected `bench`, `bench --quick` or `bench GROUP [NAME...]`"),
        },
        ["pictures"] => done(members::members().and_then(|members| dashboard::pictures(&members))),
        ["everywhere"] => done(everywhere::run()),
        ["jwt"] => done(other_jwt::measure()),
        ["stacks"] => done(stacks::with_mbedtls()),
        ["mutants"] => done(mutants::mutants(None, None)),
        ["mutants", room] => done(mutants::mutants(Some(room), None)),
        ["mutants", room, shard] => done(mutants::mutants(Some(room), Some(shard))),
        ["fuzz", rest @ ..] => match fuzz_arguments(rest) {
            Some((target, seconds)) => fuzz(target, seconds),
            None => wrong_use("expected `fuzz [TARGET] [SECONDS]`"),
        },
        [other, ..] => wrong_use(&format!("cannot understand `{other}`")),
    }
}

fn steps(names: &[&str]) -> ExitCode {
    match step::named(names) {
        Ok(steps) => step::run(&steps, Scope::Everything),
        Err(unknown) => wrong_use(&format!("there is no step `{unknown}`")),
    }
}

/// A target, a number of seconds, both in this order, or none.
fn fuzz_arguments<'a>(arguments: &[&'a str]) -> Option<(Option<&'a str>, u32)> {
    match *arguments {
        [] => Some((None, FUZZ_SECONDS)),
        [one] => match one.parse() {
            Ok(seconds) => Some((None, seconds)),
            Err(_) => Some((Some(one), FUZZ_SECONDS)),
        },
        [target, seconds] => Some((Some(target), seconds.parse().ok()?)),
        _ => None,
    }
}

fn fuzz(target: Option<&str>, seconds: u32) -> ExitCode {
    done(members::members().and_then(|members| fuzz::fuzz(&members, target, seconds)))
}

fn done(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            step::report(&failure);
            ExitCode::FAILURE
        }
    }
}

fn wrong_use(what: &str) -> ExitCode {
    eprintln!("{what}\n\n{}", help());
    ExitCode::from(2)
}

fn help() -> String {
    let mut text = String::from(
        "The project's own checks.\n\n\
         cargo xtask test              every step below, in this order; stops at the first that fails, and leaves out\n\
         \x20                             what passed before with the same files, programs and variables\n\
         cargo xtask test --all        the same, and leaves out nothing; so does the first where CI is set. The steps no-std,\n\
         \x20                             firmware and stacks run at the same time as the others\n\
         cargo xtask test STEP...      these steps only, in the order given, whole\n\
         cargo xtask firmware          the same as `test firmware`\n\
         cargo xtask bench             what everything costs, beside the peers: a quarter of an hour, after which\n\
         \x20                             benches/RESULTS.md, the charts and the README have the new figures\n\
         cargo xtask bench --quick     the same for a moment, without the peers that take long to build\n\
         cargo xtask bench GROUP [NAME...]\n\
         \x20                             one table again, or these rows of it beside ours\n\
         cargo xtask bench mllp        messages over MLLP, beside mllp_send and node-hl7-client\n\
         cargo xtask bench dashboard   the sandbox: how fast it answers beside its past, with the page open and not, and how fast\n\
         \x20                             the page's actions are while 10,000 requests arrive in 10 s\n\
         cargo xtask pictures          makes the pictures of the README anew, of the page and the command as they are\n\
         cargo xtask bench command     CPU time of `redox-auth assertion` and `redox-auth token`, beside the project at\n\
         \x20                             a76515d and `openssl version`\n\
         cargo xtask everywhere        the library for C on other processors: its wrong calls and its requests on i686 and on\n\
         \x20                             two of big-endian order, its sizes on three devices; some minutes\n\
         cargo xtask jwt               an ES256 JWT on the emulated board, beside google-cloud-iot-jwt; two minutes\n\
         cargo xtask stacks            `test stacks`, and the gateway over mbedtls-rs, which takes minutes to compile\n\
         cargo xtask fuzz [TARGET] [SECONDS]\n\
         \x20                             one fuzz target or each, for 60 s each unless said otherwise\n\
         cargo xtask mutants [ROOM [K/N]]\n\
         \x20                             changes each place of core, exchange (of the gateway), tokens or requests (of\n\
         \x20                             redox-auth-reqwest), or the Kth of N parts of one, and sees whether a test fails\n\n\
         Exit code: 0 all passed, 1 a step failed, 2 wrong use.\n\
         What a step needs and does not find, it installs where it may (Debian packages as root, npm and\n\
         Python packages beside what needs them); otherwise it prints the command that does, and fails.\n\n\
         Steps:\n",
    );
    for step in &STEPS {
        text.push_str(&format!("  {:<10}{}\n", step.name, step.about));
    }
    text
}

/// How long a target is fuzzed when nobody says.
const FUZZ_SECONDS: u32 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fuzz_target_and_its_seconds_are_told_apart() {
        assert_eq!(fuzz_arguments(&[]), Some((None, 60)));
        assert_eq!(fuzz_arguments(&["5"]), Some((None, 5)));
        assert_eq!(
            fuzz_arguments(&["private_key"]),
            Some((Some("private_key"), 60))
        );
        assert_eq!(
            fuzz_arguments(&["private_key", "600"]),
            Some((Some("private_key"), 600))
        );
        assert_eq!(fuzz_arguments(&["private_key", "long"]), None);
    }
}
