//! The place of a module's library.

use std::io;
use std::path::{Path, PathBuf};

use cryptoki::context::Pkcs11;
use cryptoki::error::Error as CallError;

use crate::error::{Answer, Error, ModuleProblem, shown};

/// The only path of a library for all its names, and the library if finding the path loaded it.
///
/// The system's loader looks for a bare name, as in any other program. It ignores a file of this name in the current
/// folder.
pub(super) fn place(path: &Path) -> Result<(PathBuf, Option<Pkcs11>), Error> {
    if path.parent().is_some_and(|it| it.as_os_str().is_empty()) {
        let loaded = load(path)?;
        let found = loaded_from(path).unwrap_or_else(|| path.to_owned());
        return Ok((found, Some(loaded)));
    }
    let problem = match path.canonicalize() {
        Ok(place) if place.is_dir() => ModuleProblem::Folder,
        Ok(place) => return Ok((place, None)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => ModuleProblem::Missing,
        Err(error) => ModuleProblem::NotLoaded(error.to_string()),
    };
    Err(wrong(path, problem))
}

/// Loads a library without initialising it.
pub(super) fn load(path: &Path) -> Result<Pkcs11, Error> {
    Pkcs11::new(path).map_err(|error| match error {
        CallError::LibraryLoading(error) => {
            wrong(path, ModuleProblem::NotLoaded(error.to_string()))
        }
        CallError::MissingSymbol(_) | CallError::NullFunctionPointer => {
            wrong(path, ModuleProblem::NotPkcs11)
        }
        other => Answer::new(name(path), other).into(),
    })
}

/// The name of a module in errors.
pub(super) fn name(path: &Path) -> String {
    format!("the PKCS#11 module {}", shown(path))
}

fn wrong(path: &Path, problem: ModuleProblem) -> Error {
    Error::Module {
        path: path.to_owned(),
        problem,
    }
}

/// The path of the library that the loader found under this bare name, if the system lists loaded libraries.
fn loaded_from(name: &Path) -> Option<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let mapped = maps.lines().filter_map(|line| line.split_once('/'));
    // The name may be a link to the library.
    let mut linked = mapped.filter_map(|(_, path)| {
        let mapped = Path::new("/").join(path);
        let link = mapped.parent()?.join(name).canonicalize().ok()?;
        (link == mapped).then_some(mapped)
    });
    linked.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn the_path_of_a_library_that_was_loaded_by_its_name_is_found() {
        let path = loaded_from(Path::new("libc.so.6")).unwrap();
        assert!(path.is_absolute() && path.is_file(), "{}", path.display());
        assert_eq!(loaded_from(Path::new("libno-such-library.so")), None);
    }
}
