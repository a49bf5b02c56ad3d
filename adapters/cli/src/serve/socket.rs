use core::fmt::Display;
use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tokio::net::UnixListener;

use crate::failure::Failure;
use crate::terminal::shown_path;

/// The name of a socket in the file system, which goes when this does.
pub(super) struct SocketFile(PathBuf);

/// Listens at a Unix socket that only its owner can open; what an earlier run left behind is replaced.
pub(super) fn listen(path: &Path) -> Result<(UnixListener, SocketFile), Failure> {
    let wrong = |problem: &dyn Display| {
        Failure::usage(format!("cannot listen at {}: {problem}", shown_path(path)))
    };
    if is_taken(path).map_err(|error| wrong(&error))? {
        return Err(wrong(
            &"expected nothing there, or a socket that nobody listens at; found something else",
        ));
    }
    let listener = bind(path).map_err(|error| wrong(&error))?;
    Ok((listener, SocketFile(path.to_owned())))
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Whoever took it away was faster.
        let _ = fs::remove_file(&self.0);
    }
}

/// A socket is made with the permissions that the user's mask leaves; nobody sees this one before it has its own.
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

/// Whether there is something that is not to be replaced.
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
