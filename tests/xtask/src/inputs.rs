//! What a check of some crates depends on.

use core::hash::{Hash, Hasher as _};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::command::{Failure, Run, root};
use crate::members::Member;
use crate::surroundings;

/// The repository and its surroundings as they are at one moment.
///
/// The rule: a check of a crate depends on
/// - every file in the folder of that crate, and in the folders of the crates of ours that it needs, and of those that
///   they need: path dependencies of any kind, and crates that a file of it names by a path with `../`;
/// - every file that is in the folder of no crate, such as README.md and Cargo.lock, but for [`TEXTS`]; every manifest,
///   because crates of one build decide together about features; and this program;
/// - the compilers, the other programs and the variables that [`surroundings`] hashes.
///
/// Files are those that git knows or would add: it ignores what builds and installations bring.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    crates: BTreeMap<PathBuf, Crate>,
    /// What every check depends on.
    common: u64,
}

/// Paths start at the root of the workspace.
#[derive(Clone, Debug, Default)]
struct Crate {
    content: BTreeMap<PathBuf, u64>,
    needs: BTreeSet<PathBuf>,
}

impl Inputs {
    /// As everything is now.
    ///
    /// # Errors
    /// Without git.
    pub(crate) fn now(members: &[Member]) -> Result<Self, Failure> {
        let list = Run::new("git").args("ls-files -z --cached --others --exclude-standard");
        let mut files = BTreeMap::new();
        for path in list.output()?.split_terminator('\0') {
            // A deleted file that git still knows is as good as an empty one.
            let content = fs::read(root().join(path)).unwrap_or_default();
            files.insert(PathBuf::from(path), content);
        }
        Ok(Self::of(members, &files, surroundings::hash()?))
    }

    fn of(members: &[Member], files: &BTreeMap<PathBuf, Vec<u8>>, surroundings: u64) -> Self {
        let apart = [FIRMWARE, STACKS].map(|folder| (PathBuf::from(folder), Crate::default()));
        let mut crates = BTreeMap::from(apart);
        for member in members {
            let own = crates.entry(member.folder.clone()).or_default();
            own.needs.extend(member.needs.iter().cloned());
        }
        let folders: Vec<_> = crates.keys().cloned().collect();
        let mut common = vec![(Path::new(""), surroundings)];
        for (path, content) in files {
            let hash = hash_of(content);
            // More than one where a crate is in the folder of another.
            let owners: Vec<_> = crates
                .iter_mut()
                .filter(|(folder, _)| path.starts_with(folder))
                .collect();
            let is_of_none = owners.is_empty() && !TEXTS.iter().any(|text| path == Path::new(text));
            if is_of_none || path.ends_with("Cargo.toml") || path.starts_with(OURSELVES) {
                common.push((path, hash));
            }
            for (folder, own) in owners {
                own.content.insert(path.clone(), hash);
                for named in named(path, folder, content) {
                    let needed = folders.iter().filter(|folder| named.starts_with(folder));
                    own.needs.extend(needed.cloned());
                }
            }
        }
        Self {
            common: hash_of(&common),
            crates,
        }
    }

    /// The hash of all that a check of the crates in these folders depends on.
    pub(crate) fn hash(&self, folders: &[&Path]) -> Result<u64, Failure> {
        let mut wanted: Vec<&Path> = folders.to_vec();
        let mut found = BTreeMap::new();
        while let Some(folder) = wanted.pop() {
            let known = self.crates.get(folder);
            let known = known
                .ok_or_else(|| Failure::new(format!("no crate is in {}", folder.display())))?;
            if found.insert(folder, &known.content).is_none() {
                wanted.extend(known.needs.iter().map(PathBuf::as_path));
            }
        }
        Ok(hash_of(&(self.common, found)))
    }
}

/// The paths that a file names with `../`, from its own folder and from that of its crate.
fn named(file: &Path, folder: &Path, content: &[u8]) -> Vec<PathBuf> {
    let text = String::from_utf8_lossy(content);
    // Links in prose are for readers.
    let is_prose = file.extension().is_some_and(|extension| extension == "md");
    if is_prose || !text.contains("../") {
        return Vec::new();
    }
    let is_of_path = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    let words = text
        .split(|c| !is_of_path(c))
        .filter(|word| word.contains("../"));
    let here = file.parent().unwrap_or(folder);
    words
        .flat_map(|word| [here, folder].map(|from| from.join(word.trim_start_matches('/'))))
        .filter_map(|path| resolved(&path))
        .collect()
}

/// Without `.` and `..`, unless it leaves the repository.
fn resolved(path: &Path) -> Option<PathBuf> {
    let mut resolved = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => resolved.pop().then_some(())?,
            Component::Normal(name) => resolved.push(name),
            _ => {}
        }
    }
    Some(resolved)
}

/// By accident, two contents have the same one once in 2^64.
fn hash_of(content: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    hasher.finish()
}

/// This program.
const OURSELVES: &str = "tests/xtask";

/// Crates that are no members of the workspace.
pub(crate) const FIRMWARE: &str = "tests/firmware";
pub(crate) const STACKS: &str = "tests/stacks";

/// Files that no check reads.
const TEXTS: [&str; 4] = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository of three crates, the second of which needs the first; the others name files by `../`.
    struct Repository {
        members: Vec<Member>,
        files: BTreeMap<PathBuf, Vec<u8>>,
    }

    impl Repository {
        fn new() -> Self {
            let member = |folder: &str, needs: &[&str]| Member {
                folder: PathBuf::from(folder),
                needs: needs.iter().map(PathBuf::from).collect(),
                ..Member::default()
            };
            let files = [
                ("Cargo.lock", ""),
                ("README.md", "[core](../core/src/lib.rs)"),
                ("CHANGELOG.md", ""),
                ("core/Cargo.toml", ""),
                ("core/src/lib.rs", "include_str!(\"../../README.md\")"),
                ("core/notes.md", "../adapters/cli/src/main.rs"),
                ("adapters/cli/Cargo.toml", ""),
                ("adapters/cli/src/main.rs", ""),
                (
                    "tests/same/Cargo.toml",
                    "path = \"../../adapters/cli/src/main.rs\"",
                ),
                ("tests/firmware/Cargo.toml", "path = \"../../core\""),
                ("tests/xtask/src/main.rs", ""),
            ];
            Self {
                members: vec![
                    member("core", &[]),
                    member("adapters/cli", &["core"]),
                    member("tests/same", &[]),
                    member("tests/xtask", &[]),
                ],
                files: files
                    .map(|(path, content)| (PathBuf::from(path), content.into()))
                    .into(),
            }
        }

        fn hashes(&self) -> Vec<u64> {
            let inputs = Inputs::of(&self.members, &self.files, 0);
            let hash = |folder| inputs.hash(&[Path::new(folder)]).unwrap();
            FOLDERS.map(hash).into()
        }

        /// The folders of the crates that are checked again once the file of this path has changed.
        fn checked_after(mut self, path: &str) -> Vec<&'static str> {
            let before = self.hashes();
            self.files.insert(PathBuf::from(path), b"other".into());
            let after = self.hashes();
            let changed = FOLDERS.iter().zip(before.iter().zip(&after));
            changed
                .filter(|(_, (before, after))| before != after)
                .map(|(folder, _)| *folder)
                .collect()
        }
    }

    const FOLDERS: [&str; 4] = ["core", "adapters/cli", "tests/same", "tests/firmware"];

    #[test]
    fn a_file_is_an_input_of_its_crate_and_of_all_that_need_that() {
        for (changed, checked) in [
            ("core/src/lib.rs", FOLDERS.as_slice()),
            ("core/src/new.rs", &FOLDERS),
            ("adapters/cli/src/main.rs", &["adapters/cli", "tests/same"]),
            ("tests/same/src/lib.rs", &["tests/same"]),
            ("tests/firmware/memory.x", &["tests/firmware"]),
            ("adapters/cli/Cargo.toml", &FOLDERS),
            ("Cargo.lock", &FOLDERS),
            ("README.md", &FOLDERS),
            ("new", &FOLDERS),
            ("tests/xtask/src/main.rs", &FOLDERS),
            ("CHANGELOG.md", &[]),
        ] {
            assert_eq!(
                Repository::new().checked_after(changed),
                checked,
                "{changed}"
            );
        }
    }

    #[test]
    fn surroundings_are_inputs_of_every_check() {
        let Repository { members, files } = Repository::new();
        let [one, other] = [1, 2].map(|surroundings| Inputs::of(&members, &files, surroundings));
        for folder in FOLDERS.map(Path::new) {
            assert_ne!(one.hash(&[folder]).unwrap(), other.hash(&[folder]).unwrap());
        }
    }

    #[test]
    fn a_crate_that_is_not_there_has_no_hash() {
        let Repository { members, files } = Repository::new();
        assert!(
            Inputs::of(&members, &files, 0)
                .hash(&[Path::new("cor")])
                .is_err()
        );
    }

    #[test]
    fn crates_that_share_source_need_each_other() {
        let members = crate::members::members().unwrap();
        let inputs = Inputs::now(&members).unwrap();
        for (folder, needs) in [
            ("tests/interleavings", "adapters/reqwest"),
            ("adapters/reqwest", "tests/interleavings"),
            ("adapters/cli", "tests/sandbox"),
            (FIRMWARE, "adapters/gateway"),
            (STACKS, "adapters/embedded-tls"),
        ] {
            let known = inputs.crates.get(Path::new(folder)).unwrap();
            assert!(
                known.needs.contains(Path::new(needs)),
                "{folder}: {:?}",
                known.needs
            );
        }
    }
}
