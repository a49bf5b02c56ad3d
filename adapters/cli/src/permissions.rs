use std::path::Path;

use crate::terminal::say;

/// Says on standard error that a file with a secret can be read by others, and what fixes that.
pub(crate) fn note(path: &Path) {
    if is_exposed(path) {
        let shown = path.display();
        say(format_args!(
            "note: others can read {shown}, which holds a secret; fix that with: {}",
            remedy(path)
        ));
    }
}

/// Whether somebody beside the owner can read this file. What is no file, such as a pipe, is nobody else's.
#[cfg(unix)]
pub(crate) fn is_exposed(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    let readable_by_others = 0o044;
    std::fs::metadata(path).is_ok_and(|metadata| {
        metadata.is_file() && metadata.permissions().mode() & readable_by_others != 0
    })
}

/// Who can read a file is not a matter of a few bits here.
#[cfg(not(unix))]
pub(crate) fn is_exposed(_: &Path) -> bool {
    false
}

/// The command that takes the file away from everybody else, as a shell takes it.
pub(crate) fn remedy(path: &Path) -> String {
    let quoted = path.display().to_string().replace('\'', r"'\''");
    format!("chmod 600 -- '{quoted}'")
}
