use std::fs;

use crate::command::{Failure, Run, root};
use crate::members::Member;
use crate::{side_by_side, tools};

/// The crate that holds one program a target.
const PACKAGE: &str = "redox-auth-fuzz";

/// Fuzzes every target for as long as a test may take.
pub(crate) fn run(members: &[Member]) -> Result<(), Failure> {
    fuzz(members, None, STEP_SECONDS)
}

/// Fuzzes one target, or each, for this many seconds.
pub(crate) fn fuzz(members: &[Member], target: Option<&str>, seconds: u32) -> Result<(), Failure> {
    tools::ensure(&[tools::CPP_COMPILER])?;
    let targets = targets(members, target)?;
    let host = host()?;
    build(&targets, &host)?;
    let mut runs = Vec::new();
    for target in targets {
        let found = format!("target/fuzz/corpus/{target}");
        fs::create_dir_all(root().join(&found))?;
        runs.push(
            Run::new(format!("target/fuzz/{host}/release/{target}"))
                .args(&format!(
                    "-max_total_time={seconds} -timeout=10 -max_len=8192"
                ))
                .args("-print_final_stats=1 -verbosity=0 -artifact_prefix=target/fuzz/")
                .args(&format!("{found} tests/fuzz/corpus/{target}")),
        );
    }
    // Each has a processor of its own.
    side_by_side::run(&runs)
}

fn targets<'m>(members: &'m [Member], wanted: Option<&str>) -> Result<Vec<&'m str>, Failure> {
    let all = members
        .iter()
        .filter(|member| member.name == PACKAGE)
        .flat_map(|member| &member.programs)
        .map(String::as_str);
    let targets: Vec<_> = all
        .filter(|name| wanted.is_none_or(|wanted| wanted == *name))
        .collect();
    if targets.is_empty() {
        let what = wanted.unwrap_or("any");
        return Err(Failure::new(format!("no fuzz target: {what}")));
    }
    Ok(targets)
}

/// What `cargo-fuzz` does, on the stable toolchain: the compiler counts every edge, libFuzzer reads the counters.
///
/// The host is named as target to keep the flags away from build scripts, which have no libFuzzer to link to.
fn build(targets: &[&str], host: &str) -> Result<(), Failure> {
    let mut build = Run::cargo("build --release -p").arg(PACKAGE);
    for target in targets {
        build = build.args("--bin").arg(*target);
    }
    build
        .args("--target-dir target/fuzz --target")
        .arg(host)
        .env("RUSTFLAGS", COVERAGE)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only")
        .env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true")
        .env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true")
        .run()
}

fn host() -> Result<String, Failure> {
    let version = Run::new("rustc").args("-vV").output()?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("rustc -vV names no host"))
}

/// How long each target runs in `cargo xtask test`.
const STEP_SECONDS: u32 = 6;

const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                        -Cllvm-args=-sanitizer-coverage-pc-table \
                        -Cllvm-args=-sanitizer-coverage-trace-compares";
