use core::fmt;
use std::path::Path;

use crate::terminal::{say, shown_path};

/// Says on standard error that a file with a secret can be read by others, and what ends that.
pub(crate) fn note(path: &Path) {
    if let Access::Exposed(exposed) = Access::of(path) {
        let shown = shown_path(path);
        say(format_args!(
            "note: others can read {shown}, which holds a secret; {exposed}"
        ));
    }
}

/// Who can read a file.
#[derive(Debug, Eq, PartialEq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "nobody has looked there"))]
pub(crate) enum Access {
    /// Its owner.
    Owner,
    /// Its owner, who is somebody else, and a group that this process belongs to, as a container's may.
    Group,
    /// Others as well.
    Exposed(Exposed),
    /// Not known: it is no file, or this system has more than a few bits to say so.
    Unknown,
}

/// Whoever can change who reads a file, and how.
#[derive(Debug, Eq, PartialEq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "nobody has looked there"))]
pub(crate) enum Exposed {
    /// This user, by this command.
    Here(String),
    /// Whoever mounts the volume of Kubernetes.
    Mount,
    /// Its owner, of this number.
    Elsewhere(u32),
}

impl fmt::Display for Exposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here(command) => write!(f, "run: {command}"),
            Self::Mount => f.write_str(
                "set `defaultMode: 0400` for the volume of Kubernetes, or 0440 with an `fsGroup`",
            ),
            Self::Elsewhere(user) => write!(f, "ask its owner, the user {user}, to change that"),
        }
    }
}

#[cfg(unix)]
impl Access {
    pub(crate) fn of(path: &Path) -> Self {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};

        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => Self::new(
                path,
                metadata.permissions().mode(),
                metadata.uid(),
                rustix::process::geteuid().as_raw(),
            ),
            _ => Self::Unknown,
        }
    }

    /// Of a file of this mode and owner, for this user.
    fn new(path: &Path, mode: u32, owner: u32, user: u32) -> Self {
        let is_mount = || is_mounted_by_kubernetes(path);
        match (mode & 0o004 != 0, mode & 0o040 != 0) {
            (false, false) => Self::Owner,
            (false, true) if owner != user || is_mount() => Self::Group,
            _ if is_mount() => Self::Exposed(Exposed::Mount),
            _ if owner == user => Self::Exposed(Exposed::Here(command(path))),
            _ => Self::Exposed(Exposed::Elsewhere(owner)),
        }
    }
}

#[cfg(not(unix))]
impl Access {
    pub(crate) const fn of(_: &Path) -> Self {
        Self::Unknown
    }
}

/// Kubernetes mounts a Secret as links into a folder named after the time, which begins with two dots.
#[cfg(unix)]
fn is_mounted_by_kubernetes(path: &Path) -> bool {
    let folders = path.canonicalize().unwrap_or_default();
    folders
        .components()
        .any(|it| it.as_os_str().as_encoded_bytes().starts_with(b"..2"))
}

/// The command that takes the file away from everybody else, as a shell takes it.
#[cfg(unix)]
fn command(path: &Path) -> String {
    let quoted = path.display().to_string().replace('\'', r"'\''");
    format!("chmod 600 -- '{quoted}'")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_advice_is_for_whoever_can_follow_it() {
        let path = Path::new("/no/such/key.pem");
        let here = || Access::Exposed(Exposed::Here("chmod 600 -- '/no/such/key.pem'".to_owned()));
        for (mode, owner, expected) in [
            (0o600, 1000, Access::Owner),
            (0o711, 1000, Access::Owner),
            (0o640, 1000, here()),
            (0o644, 1000, here()),
            (0o640, 0, Access::Group),
            (0o440, 7, Access::Group),
            (0o644, 7, Access::Exposed(Exposed::Elsewhere(7))),
            (0o604, 7, Access::Exposed(Exposed::Elsewhere(7))),
        ] {
            assert_eq!(Access::new(path, mode, owner, 1000), expected, "{mode:o}");
        }
    }

    #[test]
    fn a_secret_of_kubernetes_is_known_by_its_links() {
        let folder = tempfile::tempdir().unwrap();
        let dated = folder.path().join("..2026_11_30_07_00_00.123");
        std::fs::create_dir(&dated).unwrap();
        std::fs::write(dated.join("key.pem"), "key").unwrap();
        let path = folder.path().join("key.pem");
        std::os::unix::fs::symlink("..2026_11_30_07_00_00.123/key.pem", &path).unwrap();
        for (mode, expected) in [
            (0o644, Access::Exposed(Exposed::Mount)),
            (0o440, Access::Group),
            (0o400, Access::Owner),
        ] {
            assert_eq!(Access::new(&path, mode, 0, 0), expected, "{mode:o}");
        }
    }
}
