use core::fmt::Display;
use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tokio::net::UnixListener;

use crate::failure::Failure;
use crate::terminal::shown_path;

/// The name of a socket in the file system, removed on drop.
pub(super) struct SocketFile(PathBuf);

/// Listens at a Unix socket that only its owner can open. Replaces the socket of an earlier run.
pub(super) fn listen(path: &Path) -> Result<(UnixListener, SocketFile), Failure> {
    let wrong = |problem: &dyn Display| {
        Failure::usage(format!("cannot listen at {}: {problem}", shown_path(path)))
    };
    if is_taken(path).map_err(|error| wrong(&error))? {
        return Err(wrong(
            &"expected no file, or a socket without a listener; found something else",
        ));
    }
    let listener = bind(path).map_err(|error| wrong(&error))?;
    Ok((listener, SocketFile(path.to_owned())))
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Another process has removed it.
        let _ = fs::remove_file(&self.0);
    }
}

/// The user's mask decides the permissions of a new socket. Other users cannot reach this one before it has its own
/// permissions.
fn bind(path: &Path) -> io::Result<UnixListener> {
    let parent = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let hidden = tempfile::Builder::new().prefix(".").tempdir_in(parent)?;
    let made = hidden.path().join("s");
    let listener = UnixListener::bind(&made)?;
    fs::set_permissions(&made, Permissions::from_mode(0o600))?;
    fs::rename(&made, path)?;
    Ok(listener)
}

/// Whether the path has a file that the command must not replace.
fn is_taken(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
        Ok(metadata) if !metadata.file_type().is_socket() => return Ok(true),
        Ok(_) => {}
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(false),
        _ => Ok(true),
    }
}
