//! The project as it was, out of its own history.

use std::fs;

use super::peer::Prepared;
use crate::command::{Failure, Run, root};

/// Whom the tables name.
pub(super) const NAME: &str = "redox-auth at a76515d";

/// Unpacks the commit into the folder that `benches/peers/before` takes it from, unless it is there.
pub(super) fn unpack() -> Result<Prepared, Failure> {
    let folder = root().join(FOLDER);
    let mark = folder.join("UNPACKED");
    if fs::read(&mark).is_ok_and(|found| found == COMMIT.as_bytes()) {
        return Ok(Prepared::Ready);
    }
    if !git(&format!("cat-file -e {COMMIT}^{{commit}}")).succeeds() {
        let why = "its commit is not in this copy of the repository; a full clone has it";
        return Ok(Prepared::Absent(why.to_owned()));
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    git(&format!(
        "archive --format=tar --output={FOLDER}.tar {COMMIT}"
    ))
    .run()?;
    Run::new("tar")
        .args(&format!("-xf {FOLDER}.tar -C {FOLDER}"))
        .run()?;
    fs::write(mark, COMMIT)?;
    Ok(Prepared::Ready)
}

fn git(arguments: &str) -> Run {
    Run::new("git").args(arguments)
}

const COMMIT: &str = "a76515d9b6a1a0399e69be66003f5197f3f8ad5f";

/// From the root of the workspace.
const FOLDER: &str = "target/before";
