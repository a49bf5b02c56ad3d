use std::fs;

use crate::command::{Failure, Run, root};
use crate::members::Member;
use crate::tools;

/// The crate whose tests need Node.js and Python packages beside them.
pub(crate) const PACKAGE: &str = "redox-auth-interop";

/// Installs what the other side is made of, builds our command, and lets them talk.
pub(crate) fn run(_: &[Member]) -> Result<(), Failure> {
    tools::ensure(&[tools::NODE, tools::NPM, tools::PYTHON])?;
    let npm = [Run::new("npm")
        .args("ci --no-audit --no-fund")
        .within(FOLDER)];
    install_when_changed("package-lock.json", "node_modules", &npm)?;
    let python = [
        Run::new("python3")
            .args("-m venv --clear .venv")
            .within(FOLDER),
        Run::new(".venv/bin/python")
            .args("-m pip install --disable-pip-version-check --require-hashes -r requirements.txt")
            .within(FOLDER),
    ];
    install_when_changed("requirements.txt", ".venv", &python)?;
    // Its tests run the real program.
    Run::cargo("build -p redox-auth-cli").run()?;
    Run::cargo("test").args("-p").args(PACKAGE).run()
}

/// Runs `commands` unless `folder` was filled from the very same `lock` file before.
fn install_when_changed(lock: &str, folder: &str, commands: &[Run]) -> Result<(), Failure> {
    let here = root().join(FOLDER);
    let lock = here.join(lock);
    let wanted =
        fs::read(&lock).map_err(|error| Failure::new(format!("{}: {error}", lock.display())))?;
    // A copy of the lock file, not its date: a checkout gives every file a new one.
    let installed = here.join(folder).join("installed-from");
    if fs::read(&installed).is_ok_and(|from| from == wanted) {
        return Ok(());
    }
    for command in commands {
        command.run()?;
    }
    fs::write(&installed, wanted)?;
    Ok(())
}

const FOLDER: &str = "tests/interop";
