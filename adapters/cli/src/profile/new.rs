use std::fs::{self, DirBuilder};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueHint;
use tempfile::NamedTempFile;

use super::document::{Document, options};
use super::{Profile, content, file};
use crate::args::ProfileArgs;
use crate::failure::Failure;
use crate::terminal::shown_path;

/// A new profile for the configuration file.
pub(crate) struct NewProfile<'a> {
    name: &'a str,
    file: PathBuf,
    /// The text of the file, empty without a file.
    text: String,
    /// The existing profile of this name.
    found: Option<Profile>,
}

/// The result for a profile.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Added {
    New,
    /// The file already has the profile with these values.
    Found,
}

impl<'a> NewProfile<'a> {
    /// Reads the configuration file, if there is one.
    pub(crate) fn open(args: &ProfileArgs, name: &'a str) -> Result<Self, Failure> {
        if !is_name(name) {
            return Err(Failure::usage(format!(
                "expected a name of letters, digits, `-` and `_` for the profile, found {name:?}"
            )));
        }
        let file = file(args)?;
        let shown = shown_path(&file);
        let file = std::path::absolute(&file);
        let mut new = Self {
            name,
            file: file.map_err(|error| Failure::usage(format!("{shown}: {error}")))?,
            text: String::new(),
            found: None,
        };
        if new.file.exists() {
            let (file, content) = content(args)?;
            let document = Document::new(&file, &content)?;
            if document.names()?.iter().any(|it| it == name) {
                new.found = Some(document.profile(name)?);
            }
            new.text = String::from_utf8_lossy(&content).into_owned();
        }
        Ok(new)
    }

    /// The configuration file.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// A path next to the configuration file, with the profile's name.
    pub(crate) fn beside(&self, extension: &str) -> PathBuf {
        self.file
            .with_file_name(format!("{}.{extension}", self.name))
    }

    /// The value of an option in the existing profile.
    pub(crate) fn found(&self, option: &str) -> Option<&str> {
        let entries = &self.found.as_ref()?.0;
        let entry = entries.iter().find(|entry| entry.name == option)?;
        entry.values.first().map(String::as_str)
    }

    /// Makes the folder of the configuration file, for its owner only.
    pub(crate) fn make_folder(&self) -> Result<(), Failure> {
        let Some(folder) = self.file.parent().filter(|it| !it.as_os_str().is_empty()) else {
            return Ok(());
        };
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(|error| {
            Failure::usage(format!(
                "cannot make the folder {}: {error}",
                shown_path(folder)
            ))
        })
    }

    /// Adds the profile with these options and values at the end of the file. Never changes an existing profile.
    ///
    /// # Errors
    /// The existing profile has other values, or the file cannot be written. The file is then unchanged.
    pub(crate) fn add(&self, entries: &[(&str, String)]) -> Result<Added, Failure> {
        if let Some(found) = &self.found {
            let is_same = |name: &str, value: &str, found: &str| match is_path(name) {
                true => std::path::absolute(value).ok() == std::path::absolute(found).ok(),
                false => value == found,
            };
            let is_other = |(name, value): &&(&str, String)| {
                !found.0.iter().any(|it| match it.values.as_slice() {
                    [found] => it.name == *name && is_same(name, value, found),
                    _ => false,
                })
            };
            let other: Vec<_> = entries.iter().filter(is_other).collect();
            if other.is_empty() {
                return Ok(Added::Found);
            }
            let lines = other
                .iter()
                .map(|entry| format!("\n  {}", self.line(entry)));
            return Err(Failure::usage(format!(
                "{} has a profile {:?} with other values, which the command does not change. Give another name with --profile, or \
                 write these values into the profile:{}",
                shown_path(&self.file),
                self.name,
                lines.collect::<String>()
            )));
        }
        let mut text = self.text.clone();
        if !text.is_empty() {
            text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        text.push_str(&format!("[{}]\n", self.name));
        for entry in entries {
            text.push_str(&self.line(entry));
            text.push('\n');
        }
        self.write(&text).map_err(|error| {
            Failure::usage(format!("cannot write {}: {error}", shown_path(&self.file)))
        })?;
        Ok(Added::New)
    }

    /// An entry in the form of the file: a path in the same folder is the name alone.
    fn line(&self, (name, value): &(&str, String)) -> String {
        let path = Path::new(value);
        let is_beside = is_path(name) && path.parent() == self.file.parent();
        let short = path.file_name().and_then(|it| it.to_str());
        let short = short.filter(|_| is_beside).unwrap_or(value);
        // A JSON string is a TOML string, too.
        format!("{name} = {}", serde_json::Value::from(short))
    }

    /// Replaces the text of the file in one step, and keeps the file's mode.
    fn write(&self, text: &str) -> std::io::Result<()> {
        // Replaces the target of a symbolic link, not the link.
        let path = fs::canonicalize(&self.file).unwrap_or_else(|_| self.file.clone());
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        let mut new = NamedTempFile::new_in(folder.unwrap_or_else(|| Path::new(".")))?;
        new.write_all(text.as_bytes())?;
        if let Ok(old) = path.metadata() {
            new.as_file().set_permissions(old.permissions())?;
        }
        new.as_file().sync_all()?;
        new.persist(&path)?;
        Ok(())
    }
}

/// Whether the value of this option is a path.
fn is_path(name: &str) -> bool {
    let options = options();
    let mut options = options.get_arguments();
    options.any(|it| it.get_long() == Some(name) && it.get_value_hint() == ValueHint::AnyPath)
}

/// Whether a profile can have this name: TOML needs no quotes for it, and file systems accept it.
pub(crate) fn is_name(name: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    name.bytes().all(is_of_name) && !name.is_empty() && !name.starts_with('-') && name.len() <= 64
}
