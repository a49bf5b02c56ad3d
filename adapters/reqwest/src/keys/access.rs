//! Who can read a file with a key or a secret.

use core::fmt;
use std::path::{Path, PathBuf};

/// Who can read a file with a key or a secret, or write to it.
///
/// A program shows it to its user, or rejects a file that is [`FileAccess::Exposed`].
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FileAccess {
    /// Its owner only.
    Owner,
    /// Its owner, which is another user, and a group of this process, as in a container.
    Group,
    /// Others as well.
    Exposed(AccessRemedy),
    /// Unknown: it is not a regular file, or this system has other permissions than those bits.
    Unknown,
}

/// How to take a file away from other users. Its text is the remedy.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AccessRemedy {
    /// The user of this process runs `chmod` for this file.
    Chmod(PathBuf),
    /// The volume of Kubernetes is mounted with another mode.
    Mount,
    /// The owner of the file, the user with this number, does it.
    Owner(u32),
}

impl FileAccess {
    /// Looks at the permissions of a file; [`FileAccess::Unknown`] on other systems than Unix.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;

            if let Ok(metadata) = std::fs::metadata(path)
                && metadata.is_file()
            {
                let owner = Owner::of(&metadata);
                return Self::new(path, metadata.mode(), owner);
            }
        }
        let _ = path;
        Self::Unknown
    }
}

/// The owner of the file, as this process sees it.
#[cfg(unix)]
#[derive(Clone, Copy, Debug)]
struct Owner {
    user: u32,
    /// Whether this process runs as that user.
    is_self: bool,
    /// Whether this process may change every file.
    is_root: bool,
    /// Whether this process belongs to the group of the file.
    is_in_group: bool,
}

#[cfg(unix)]
impl Owner {
    fn of(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;

        use rustix::process::{getegid, geteuid, getgroups};

        let (user, group) = (metadata.uid(), metadata.gid());
        let own = geteuid();
        let mut groups = getgroups().unwrap_or_default().into_iter();
        Self {
            user,
            is_self: own.as_raw() == user,
            is_root: own.is_root(),
            is_in_group: getegid().as_raw() == group || groups.any(|it| it.as_raw() == group),
        }
    }
}

#[cfg(unix)]
impl FileAccess {
    fn new(path: &Path, mode: u32, owner: Owner) -> Self {
        let is_mount = || is_mounted_by_kubernetes(path);
        let has = |bits: u32| mode & bits != 0;
        if !has(0o066) {
            return Self::Owner;
        }
        // Another user gave it to this group, so that this process can read it.
        let is_given = || (!owner.is_self && owner.is_in_group) || is_mount();
        if !has(0o026) && is_given() {
            return Self::Group;
        }
        Self::Exposed(if is_mount() {
            AccessRemedy::Mount
        } else if owner.is_self || owner.is_root {
            AccessRemedy::Chmod(path.to_owned())
        } else {
            AccessRemedy::Owner(owner.user)
        })
    }
}

impl fmt::Display for AccessRemedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chmod(path) => {
                f.write_str("run: chmod 600 -- '")?;
                for c in path.display().to_string().chars() {
                    match c {
                        // As a shell takes it.
                        '\'' => f.write_str(r"'\''")?,
                        c if c.is_control() => write!(f, "{}", c.escape_default())?,
                        c => write!(f, "{c}")?,
                    }
                }
                f.write_str("'")
            }
            Self::Mount => f.write_str(
                "set `defaultMode: 0400` for the volume of Kubernetes, or 0440 with an `fsGroup`",
            ),
            Self::Owner(user) => write!(f, "ask its owner, the user {user}, to change that"),
        }
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const SELF: Owner = Owner {
        user: 1000,
        is_self: true,
        is_root: false,
        is_in_group: true,
    };
    /// Of a file of another user, in a group of this process.
    const GIVEN: Owner = Owner {
        user: 7,
        is_self: false,
        ..SELF
    };
    const FOREIGN: Owner = Owner {
        is_in_group: false,
        ..GIVEN
    };
    const TO_ROOT: Owner = Owner {
        is_root: true,
        ..FOREIGN
    };

    #[test]
    fn the_remedy_is_for_a_user_with_the_rights_for_it() {
        let path = Path::new("/no/such/it's\u{1b}.pem");
        let chmod = || FileAccess::Exposed(AccessRemedy::Chmod(path.to_owned()));
        let ask = || FileAccess::Exposed(AccessRemedy::Owner(7));
        for (mode, owner, expected) in [
            (0o600, SELF, FileAccess::Owner),
            (0o711, SELF, FileAccess::Owner),
            (0o640, SELF, chmod()),
            (0o644, SELF, chmod()),
            // Other users can put another key there.
            (0o620, SELF, chmod()),
            (0o602, SELF, chmod()),
            (0o640, GIVEN, FileAccess::Group),
            (0o660, GIVEN, ask()),
            (0o644, GIVEN, ask()),
            (0o440, FOREIGN, ask()),
            (0o604, FOREIGN, ask()),
            (0o400, TO_ROOT, FileAccess::Owner),
            (0o640, TO_ROOT, chmod()),
        ] {
            let found = FileAccess::new(path, mode, owner);
            assert_eq!(found, expected, "{mode:o} {owner:?}");
        }
        let advice = AccessRemedy::Chmod(path.to_owned()).to_string();
        assert_eq!(advice, r"run: chmod 600 -- '/no/such/it'\''s\u{1b}.pem'");
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
            (0o644, FileAccess::Exposed(AccessRemedy::Mount)),
            (0o440, FileAccess::Group),
            (0o400, FileAccess::Owner),
        ] {
            assert_eq!(FileAccess::new(&path, mode, SELF), expected, "{mode:o}");
        }
    }
}
