//! What checks depend on outside of the repository.

use core::hash::{Hash, Hasher};
use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs};

use crate::command::{Failure, Run, root};

/// A hash of the compilers, of cargo's configuration, of the programs on the PATH, of the packages that the system has
/// installed, and of every variable but [`OF_THE_SHELL`].
pub(crate) fn hash() -> Result<u64, Failure> {
    let mut hasher = DefaultHasher::new();
    for compiler in ["rustc", "cargo"] {
        let version = Run::new(compiler).args("-vV").output()?;
        version.hash(&mut hasher);
    }
    for file in configurations() {
        fs::read(file).ok().hash(&mut hasher);
    }
    for folder in env::split_paths(&env::var_os("PATH").unwrap_or_default()) {
        programs(&folder).hash(&mut hasher);
    }
    fs::read(PACKAGES).ok().hash(&mut hasher);
    variables(env::vars_os()).hash(&mut hasher);
    Ok(hasher.finish())
}

/// Where cargo looks for its configuration above the workspace and in its own folder.
fn configurations() -> Vec<PathBuf> {
    let own = env::var_os("CARGO_HOME").map(PathBuf::from);
    let own = own.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let above = root();
    let above = above
        .ancestors()
        .skip(1)
        .map(|folder| folder.join(".cargo"));
    above
        .chain(own)
        .flat_map(|folder| ["config", "config.toml"].map(|name| folder.join(name)))
        .collect()
}

/// Names, lengths and dates.
fn programs(folder: &Path) -> Vec<(OsString, u64, Option<SystemTime>)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut programs: Vec<_> = entries
        .filter_map(|entry| {
            let metadata = fs::metadata(entry.path()).ok()?;
            Some((entry.file_name(), metadata.len(), metadata.modified().ok()))
        })
        .collect();
    programs.sort();
    programs
}

fn variables(all: impl Iterator<Item = (OsString, OsString)>) -> Vec<(OsString, OsString)> {
    let mut variables: Vec<_> = all
        .filter(|(name, _)| !OF_THE_SHELL.iter().any(|of_shell| name == of_shell))
        .collect();
    variables.sort();
    variables
}

/// What Debian and its kin have installed.
const PACKAGES: &str = "/var/lib/dpkg/status";

/// These differ from one call to the next and say nothing.
const OF_THE_SHELL: [&str; 4] = ["OLDPWD", "PWD", "SHLVL", "_"];
