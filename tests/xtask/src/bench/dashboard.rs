//! How fast the sandbox answers, with its dashboard looked at and not, beside the sandbox of the project's past.

use super::history;
use super::peer::Prepared;
use crate::command::{Failure, Run, root, target_dir};
use crate::{install, tools};

/// Builds both sandboxes and the load, and prints what came of it.
pub(super) fn measure() -> Result<(), Failure> {
    tools::ensure(&[tools::NODE, tools::NPM, tools::CHROMIUM])?;
    install::npm(BROWSER)?;
    if let Prepared::Absent(why) = history::unpack()? {
        return Err(Failure::new(format!("{}: {why}", history::NAME)));
    }
    Run::cargo("build --release -p redox-auth-sandbox --example serve --example load").run()?;
    Run::cargo("build --release --locked")
        .within(BEFORE)
        .run()?;
    let example = |name: &str| target_dir().join("release/examples").join(name);
    let before = root().join(BEFORE);
    Run::new(example("load").display().to_string())
        .path(&example("serve"))
        .path(&before.join("target/release/peer-sandbox-before"))
        .arg("node")
        .path(&root().join(BROWSER).join("load.mjs"))
        .run()
}

/// What it is asked for by.
pub(super) const GROUP: &str = "dashboard";

const BROWSER: &str = "tests/sandbox/browser";
const BEFORE: &str = "benches/peers/sandbox-before";
