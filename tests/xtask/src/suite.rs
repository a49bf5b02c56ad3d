use crate::command::{Failure, Run};
use crate::project::Project;
use crate::summary::Outcome;
use crate::together::{Program, Together};
use crate::{interop, side_by_side, tools};

/// Unit, integration and doc tests of every crate but that of [`interop`], which has a step of its own.
pub(crate) fn run(project: &Project) -> Result<Outcome, Failure> {
    let interop = interop::member(&project.members)?;
    let members = project.members.iter().filter(|member| *member != interop);
    let changed = project.changed("tests", members)?;
    if changed.is_empty() {
        return Ok(Outcome::Unchanged);
    }
    // For redox-auth-redis and redox-auth-pkcs11, and the last for redox-auth-cli.
    tools::ensure(&[
        tools::REDIS,
        tools::SOFTHSM,
        tools::TPM,
        tools::NSS,
        tools::OPENCRYPTOKI,
        tools::SSH,
    ])?;
    let mut builds = Together::all(&project.members);
    builds.retain(|build| changed.iter().any(|member| build.has(member)));
    let mut programs = Vec::new();
    for build in &builds {
        programs.extend(build.build_tests()?);
    }
    programs.retain(|program| changed.iter().any(|member| program.is_of(member)));
    let runs: Vec<_> = programs.iter().map(Program::run).collect();
    side_by_side::run(&runs)?;
    if changed
        .iter()
        .any(|member| member.name == "redox-auth-core")
    {
        // The gateway has no unit test outside its feature.
        Run::cargo("test --lib --no-default-features -p redox-auth-core").run()?;
    }
    for build in &builds {
        build.doc_tests().run()?;
    }
    for member in changed {
        project.passed("tests", member);
    }
    Ok(Outcome::Passed)
}
