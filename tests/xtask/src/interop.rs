use crate::command::Failure;
use crate::members::Member;
use crate::together::{Program, Together};
use crate::{install, side_by_side, tools};

/// Installs what the other side is made of, builds our command, and lets them talk.
pub(crate) fn run(members: &[Member]) -> Result<(), Failure> {
    tools::ensure(&[
        tools::NODE,
        tools::NPM,
        tools::PYTHON,
        tools::GLEWLWYD,
        tools::KEY_TOOLS,
        tools::PROXIES,
        tools::NGINX,
        tools::BALANCERS,
        tools::FIREWALL,
        tools::VPN,
        tools::SFTP_SERVERS,
    ])?;
    install::npm(FOLDER)?;
    install::python(FOLDER)?;
    // With the tests of our command, and so with the command itself; then the example that they run.
    let interop = member(members)?;
    let programs = Together::with(members, PACKAGE)?.build_tests()?;
    Together::with(members, "redox-auth-reqwest")?.build_example("aws_kms")?;
    let ours = programs.iter().filter(|program| program.is_of(interop));
    side_by_side::run_waiting(&ours.map(Program::run).collect::<Vec<_>>())
}

/// The crate whose tests need Node.js and Python packages.
pub(crate) fn member(members: &[Member]) -> Result<&Member, Failure> {
    let found = members.iter().find(|member| member.name == PACKAGE);
    found.ok_or_else(|| Failure::new(format!("no crate is named {PACKAGE}")))
}

const PACKAGE: &str = "redox-auth-interop";

const FOLDER: &str = "tests/interop";
