use crate::command::{Failure, Run};
use crate::members::Member;
use crate::{install, tools};

/// The crate whose tests need Node.js and Python packages beside them.
pub(crate) const PACKAGE: &str = "redox-auth-interop";

/// Installs what the other side is made of, builds our command, and lets them talk.
pub(crate) fn run(_: &[Member]) -> Result<(), Failure> {
    tools::ensure(&[tools::NODE, tools::NPM, tools::PYTHON])?;
    install::npm(FOLDER)?;
    install::python(FOLDER)?;
    // Its tests run the real program.
    Run::cargo("build -p redox-auth-cli").run()?;
    Run::cargo("test").args("-p").args(PACKAGE).run()
}

const FOLDER: &str = "tests/interop";
