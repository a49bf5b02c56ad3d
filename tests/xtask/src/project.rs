//! What a step works on.

use core::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Failure, target_dir};
use crate::inputs::Inputs;
use crate::members::{self, Member};
use crate::summary::Outcome;

/// The crates, and which of their checks passed before.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) members: Vec<Member>,
    /// As they were at the start; unknown without git.
    inputs: Option<Inputs>,
    scope: Scope,
    passed: RefCell<Vec<Check>>,
}

/// How much a step does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scope {
    Everything,
    /// What did not pass before with the same inputs.
    Changed,
}

/// A check of the crates in some folders.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Check {
    name: String,
    folders: Vec<PathBuf>,
}

impl Project {
    pub(crate) fn new(scope: Scope) -> Result<Self, Failure> {
        let members = members::members()?;
        Ok(Self {
            inputs: Inputs::now(&members).ok(),
            members,
            scope,
            passed: RefCell::default(),
        })
    }

    /// Runs this check of the crates in these folders, unless it passed before with the same inputs.
    pub(crate) fn check(
        &self,
        name: &str,
        folders: &[&Path],
        run: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<Outcome, Failure> {
        let check = Check::new(name, folders);
        if self.is_unchanged(&check)? {
            return Ok(Outcome::Unchanged);
        }
        run()?;
        self.passed.borrow_mut().push(check);
        Ok(Outcome::Passed)
    }

    /// Runs this check of each of these crates that [`Project::changed`] names.
    pub(crate) fn check_each<'m>(
        &self,
        name: &str,
        members: impl IntoIterator<Item = &'m Member>,
        run: impl Fn(&Member) -> Result<(), Failure>,
    ) -> Result<Outcome, Failure> {
        let changed = self.changed(name, members)?;
        for member in &changed {
            run(member)?;
            self.passed(name, member);
        }
        Ok(match changed.as_slice() {
            [] => Outcome::Unchanged,
            _ => Outcome::Passed,
        })
    }

    /// Those of these crates for which this check did not pass before with the same inputs; shows the others.
    pub(crate) fn changed<'m>(
        &self,
        name: &str,
        members: impl IntoIterator<Item = &'m Member>,
    ) -> Result<Vec<&'m Member>, Failure> {
        let mut changed = Vec::new();
        for member in members {
            if self.is_unchanged(&Check::new(name, &[&member.folder]))? {
                println!("{}: unchanged", member.name);
            } else {
                changed.push(member);
            }
        }
        Ok(changed)
    }

    /// This check of this crate passed.
    pub(crate) fn passed(&self, name: &str, member: &Member) {
        let check = Check::new(name, &[&member.folder]);
        self.passed.borrow_mut().push(check);
    }

    /// Remembers what passed for the next time, but for what has changed meanwhile.
    pub(crate) fn remember(&self) -> Result<(), Failure> {
        let passed = self.passed.take();
        let Some(before) = self.inputs.as_ref().filter(|_| !passed.is_empty()) else {
            return Ok(());
        };
        let now = Inputs::now(&self.members)?;
        fs::create_dir_all(folder())?;
        for check in passed {
            let hash = check.hash(before)?;
            if hash == check.hash(&now)? {
                fs::write(check.record(), hash)?;
            }
        }
        Ok(())
    }

    fn is_unchanged(&self, check: &Check) -> Result<bool, Failure> {
        let (Scope::Changed, Some(inputs)) = (self.scope, &self.inputs) else {
            return Ok(false);
        };
        let hash = check.hash(inputs)?;
        Ok(fs::read_to_string(check.record()).is_ok_and(|passed| passed == hash))
    }
}

impl Check {
    fn new(name: &str, folders: &[&Path]) -> Self {
        Self {
            name: name.to_owned(),
            folders: folders.iter().map(|folder| folder.to_path_buf()).collect(),
        }
    }

    fn hash(&self, inputs: &Inputs) -> Result<String, Failure> {
        let folders: Vec<_> = self.folders.iter().map(PathBuf::as_path).collect();
        Ok(format!("{:016x}", inputs.hash(&folders)?))
    }

    /// The file with the hash that it passed with last.
    fn record(&self) -> PathBuf {
        let folders = self.folders.iter().map(|folder| folder.display());
        let name = folders.fold(self.name.clone(), |name, folder| format!("{name} {folder}"));
        folder().join(name.replace('/', "-"))
    }
}

fn folder() -> PathBuf {
    target_dir().join("xtask/passed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passed_is_left_out_until_it_changes_or_everything_is_wanted() {
        let check = |name, scope| {
            let project = Project::new(scope).unwrap();
            let outcome = project.check(name, &[Path::new("core")], || Ok(()));
            project.remember().unwrap();
            outcome.unwrap()
        };
        let record = Check::new("passes", &[Path::new("core")]).record();
        assert_eq!(check("passes", Scope::Changed), Outcome::Passed);
        assert_eq!(check("passes", Scope::Changed), Outcome::Unchanged);
        assert_eq!(check("passes", Scope::Everything), Outcome::Passed);
        fs::write(&record, "of another state").unwrap();
        assert_eq!(check("passes", Scope::Changed), Outcome::Passed);
        fs::remove_file(record).unwrap();
    }

    #[test]
    fn what_failed_is_not_left_out() {
        let project = Project::new(Scope::Changed).unwrap();
        for _ in 0..2 {
            let fails = || Err(Failure::new("as it should"));
            let failure = project.check("fails", &[Path::new("core")], fails);
            assert_eq!(failure.unwrap_err().what, "as it should");
            project.remember().unwrap();
        }
    }

    #[test]
    fn crates_are_left_out_one_by_one() {
        let project = Project::new(Scope::Changed).unwrap();
        let named = |name: &str| project.members.iter().find(|member| member.name == name);
        let [core, gateway] =
            ["redox-auth-core", "redox-auth-gateway"].map(|name| named(name).unwrap());
        project.passed("one by one", core);
        project.remember().unwrap();
        assert_eq!(
            project.changed("one by one", [core, gateway]).unwrap(),
            [gateway]
        );
        fs::remove_file(Check::new("one by one", &[&core.folder]).record()).unwrap();
    }

    #[test]
    fn what_changes_while_it_is_checked_is_not_remembered() {
        let mut project = Project::new(Scope::Changed).unwrap();
        // As if a program had been installed since.
        project.inputs = Some(Inputs::default());
        let record = Check::new("changes", &[]).record();
        project.check("changes", &[], || Ok(())).unwrap();
        project.remember().unwrap();
        assert!(!record.exists());
    }
}
