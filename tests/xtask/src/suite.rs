use crate::command::{Failure, Run};
use crate::members::Member;
use crate::together::{Program, Together};
use crate::{interop, side_by_side, tools};

/// Unit, integration and doc tests of every crate but that of [`interop`], which has a step of its own.
pub(crate) fn run(members: &[Member]) -> Result<(), Failure> {
    // For redox-auth-redis and for the example `pkcs11` of redox-auth-reqwest.
    tools::ensure(&[tools::REDIS, tools::SOFTHSM])?;
    let interop = interop::member(members)?;
    let builds = Together::all(members);
    let mut programs = Vec::new();
    for build in &builds {
        programs.extend(build.build_tests()?);
    }
    programs.retain(|program| !program.is_of(interop));
    let runs: Vec<_> = programs.iter().map(Program::run).collect();
    side_by_side::run(&runs)?;
    // The gateway has no unit test outside its feature.
    Run::cargo("test --lib --no-default-features -p redox-auth-core").run()?;
    for build in &builds {
        build.cargo("test --doc").run()?;
    }
    Ok(())
}
