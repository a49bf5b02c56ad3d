//! npm and Python packages, installed beside what needs them.

use std::fs;
use std::path::Path;

use crate::command::{Failure, Run, root};

/// The npm packages of the lock file in this folder.
pub(crate) fn npm(folder: &str) -> Result<(), Failure> {
    let install = [Run::new("npm")
        .args("ci --no-audit --no-fund")
        .within(folder)];
    when_changed(folder, "package-lock.json", "node_modules", &install)
}

/// The Python packages of the requirements in this folder, in a virtual environment.
pub(crate) fn python(folder: &str) -> Result<(), Failure> {
    let install = [
        Run::new("python3")
            .args("-m venv --clear .venv")
            .within(folder),
        Run::new(".venv/bin/python")
            .args("-m pip install --disable-pip-version-check --require-hashes -r requirements.txt")
            .within(folder),
    ];
    when_changed(folder, "requirements.txt", ".venv", &install)
}

/// Runs `commands` unless `target` was filled from the very same `lock` file before.
fn when_changed(folder: &str, lock: &str, target: &str, commands: &[Run]) -> Result<(), Failure> {
    let here = root().join(Path::new(folder));
    let lock = here.join(lock);
    let wanted =
        fs::read(&lock).map_err(|error| Failure::new(format!("{}: {error}", lock.display())))?;
    // A copy of the lock file, not its date: a checkout gives every file a new one.
    let installed = here.join(target).join("installed-from");
    if fs::read(&installed).is_ok_and(|from| from == wanted) {
        return Ok(());
    }
    for command in commands {
        command.run()?;
    }
    fs::write(&installed, wanted)?;
    Ok(())
}
