//! Requests of the library for C, which are the same bytes on every processor.

use std::fs;

use crate::command::{Failure, Run, root};

/// Runs the program made of [`SOURCE`], and compares what it prints with what is written down.
pub(crate) fn are_the_same(program: Run) -> Result<(), Failure> {
    let mut run = program.within(FOLDER);
    for key in ["es256", "es384", "rs384"] {
        run = run.arg(format!("tests/requests/{key}.jwk"));
    }
    let expected = fs::read_to_string(root().join(FOLDER).join(EXPECTED))?;
    if run.output()? == expected {
        return Ok(());
    }
    Err(run.failure(&format!("it printed other requests than {EXPECTED} has")))
}

pub(crate) const SOURCE: &str = "tests/c/requests.c";

const FOLDER: &str = "adapters/c";
const EXPECTED: &str = "tests/requests/expected.txt";
