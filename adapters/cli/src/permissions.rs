use std::path::Path;

use redox_auth_reqwest::FileAccess;

use crate::terminal::{say, shown_path};

/// Warns on standard error if others can read or change a file with a secret, with the remedy.
pub(crate) fn note(path: &Path) {
    if let FileAccess::Exposed(remedy) = FileAccess::of(path) {
        let shown = shown_path(path);
        say(format_args!(
            "note: others can read or change {shown}, which holds a secret; {remedy}"
        ));
    }
}
