use core::fmt;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use fs4::{FileExt, TryLockError};
use tempfile::NamedTempFile;

use super::error::Problem;
use super::{State, StateError};
use crate::Sandbox;

/// The state file of a running sandbox, which locks it against other sandboxes.
pub(crate) struct StateFile {
    path: PathBuf,
    /// The content of the file; `None` if it does not exist yet.
    written: Mutex<Option<String>>,
    /// The lock is on a separate file, because each write replaces the state file.
    _lock: File,
}

impl StateFile {
    /// Locks the file, and reads it if it exists.
    pub(crate) fn open(path: &Path) -> Result<(Self, Option<State>), StateError> {
        // Replaces the target of a symbolic link, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let wrong = |problem| StateError::new(&path, problem);
        let lock = lock(&path).map_err(wrong)?;
        let text = read(&path).map_err(wrong)?;
        let state = text.as_deref().map(State::parse);
        let state = state.transpose().map_err(wrong)?;
        let file = Self {
            written: Mutex::new(text),
            _lock: lock,
            path,
        };
        Ok((file, state))
    }

    /// Loads the state into the sandbox.
    pub(crate) fn restore(&self, state: State, sandbox: &mut Sandbox) -> Result<(), StateError> {
        let restored = state.restore(sandbox);
        restored.map_err(|problem| StateError::new(&self.path, problem))
    }

    /// Writes a state that differs from the file: whole or not at all, and for its owner only.
    pub(crate) fn save(&self, state: &State) -> Result<(), StateError> {
        let text = state.text();
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.as_ref() != Some(&text) {
            replace(&self.path, &text)
                .map_err(|error| StateError::new(&self.path, Problem::Write(error)))?;
            *written = Some(text);
        }
        Ok(())
    }
}

impl fmt::Debug for StateFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StateFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

fn lock(path: &Path) -> Result<File, Problem> {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(".lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options
        .open(path.with_file_name(name))
        .map_err(Problem::Write)?;
    match FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Problem::InUse),
        Err(TryLockError::Error(error)) => Err(Problem::Write(error)),
    }
}

/// The text in a file, if there is one.
fn read(path: &Path) -> Result<Option<String>, Problem> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Problem::Read(error)),
    };
    let mut content = Vec::new();
    let taken = file
        .take(LONGEST.saturating_add(1))
        .read_to_end(&mut content);
    let length = taken.map_err(Problem::Read)?;
    if u64::try_from(length).is_ok_and(|length| length > LONGEST) {
        return Err(Problem::TooLong);
    }
    String::from_utf8(content)
        .map(Some)
        .map_err(|_| Problem::NotOurs)
}

/// Replaces the file in one step with a temporary file of mode 0600.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let mut new = NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    // Syncing the folder writes the name of the new file to the disk.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// In bytes, 16 MiB: ten thousand RSA keys take half of it.
const LONGEST: u64 = 16 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;

    #[test]
    fn a_file_is_locked_written_whole_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let (file, state) = StateFile::open(&path).unwrap();
        assert!(state.is_none() && !path.exists());
        let in_use = StateFile::open(&path).unwrap_err().to_string();
        assert!(in_use.contains("is in use by another sandbox"), "{in_use}");
        let mut sandbox = Sandbox::new("http://sandbox.example", [7; 32]);
        let id = sandbox.add_source(Source::new("Clinic")).unwrap();
        file.save(&State::of(&sandbox, 4711)).unwrap();
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["state.json", "state.json.lock"]);
        drop(file);
        let (file, state) = StateFile::open(&path).unwrap();
        let state = state.unwrap();
        assert_eq!(state.port, 4711);
        let mut again = Sandbox::new("http://sandbox.example", [8; 32]);
        file.restore(state, &mut again).unwrap();
        assert!(again.directory.sources.contains_key(&id));
    }

    #[test]
    #[cfg(unix)]
    fn a_file_is_for_its_owner_only_and_a_link_to_it_stays_one() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        let sandbox = Sandbox::new("http://sandbox.example", [7; 32]);
        let (file, _) = StateFile::open(&path).unwrap();
        file.save(&State::of(&sandbox, 1)).unwrap();
        drop(file);
        fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        symlink(&path, &link).unwrap();
        let (file, _) = StateFile::open(&link).unwrap();
        file.save(&State::of(&sandbox, 2)).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(link.is_symlink());
        assert!(fs::read_to_string(&link).unwrap().contains("\"port\": 2"));
        let used = StateFile::open(&path).unwrap_err().to_string();
        assert!(used.contains("is in use"), "{used}");
    }

    #[test]
    fn a_file_that_is_wrong_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        fs::write(&path, "mine").unwrap();
        let wrong = StateFile::open(&path).unwrap_err().to_string();
        assert!(wrong.contains("notes.txt is not a state file"), "{wrong}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        let folder_name = StateFile::open(folder.path()).unwrap_err().to_string();
        assert!(folder_name.contains("cannot be read"), "{folder_name}");
        let nowhere = folder.path().join("no/state.json");
        let nowhere = StateFile::open(&nowhere).unwrap_err().to_string();
        assert!(nowhere.contains("cannot be written"), "{nowhere}");
    }
}
