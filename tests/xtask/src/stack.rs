//! The stack of the calls from C, as the header has it.

use std::fs;

use crate::command::{Failure, root};

/// Compares what the image of `stack.c` has printed with the table in the header: neither may have a call that the other
/// lacks, and no call may take more than the header says.
pub(crate) fn is_as_written(printed: &str) -> Result<(), Failure> {
    let header = fs::read_to_string(root().join("adapters/c/include/redox_auth.h"))?;
    let written = written(&header);
    let found = found(printed);
    for (call, bytes) in &found {
        println!("{call}: {bytes} bytes of stack");
    }
    match disagreement(&written, &found) {
        None => Ok(()),
        Some(what) => Err(Failure::new(format!(
            "{what}; the table is in adapters/c/cbindgen.toml"
        ))),
    }
}

fn disagreement(written: &[(&str, u64)], found: &[(&str, u64)]) -> Option<String> {
    let of = |table: &[(&str, u64)], call: &str| {
        let row = table.iter().find(|(name, _)| *name == call);
        row.map(|(_, bytes)| *bytes)
    };
    for (call, bytes) in found {
        match of(written, call) {
            None => return Some(format!("the header says nothing of {call}: {bytes} bytes")),
            Some(most) if *bytes > most => {
                return Some(format!(
                    "{call} takes {bytes} bytes of stack, more than {most}"
                ));
            }
            Some(_) => (),
        }
    }
    let missing = written.iter().find(|(call, _)| of(found, call).is_none());
    missing.map(|(call, _)| format!("nobody has measured {call}"))
}

/// The rows between the line with [`TITLE`] and the next empty one: ` *   call  bytes`.
fn written(header: &str) -> Vec<(&str, u64)> {
    let rows = header.lines().skip_while(|line| !line.contains(TITLE));
    rows.skip(1)
        .map_while(|line| line.trim_start().strip_prefix("*   "))
        .filter_map(row)
        .collect()
}

fn found(printed: &str) -> Vec<(&str, u64)> {
    let rows = printed
        .lines()
        .filter(|line| line.starts_with("redox_auth_"));
    rows.filter_map(row).collect()
}

fn row(line: &str) -> Option<(&str, u64)> {
    let (call, bytes) = line.trim_end().rsplit_once(' ')?;
    Some((call.trim_end(), bytes.parse().ok()?))
}

const TITLE: &str = "Stack of the calls";

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "\
 * Something else  7
 *
 * Stack of the calls, in bytes:
 *   redox_auth_one            100
 *   redox_auth_two, of a kind  2300
 */
 *   redox_auth_three            1
";

    #[test]
    fn the_table_is_found_in_a_header() {
        let expected = [
            ("redox_auth_one", 100),
            ("redox_auth_two, of a kind", 2_300),
        ];
        assert_eq!(written(HEADER), expected);
        assert_eq!(written("no table"), []);
    }

    #[test]
    fn a_call_takes_no_more_than_is_written() {
        let written = written(HEADER);
        let found =
            found("redox_auth_one 100\nstack 00012 bytes\nredox_auth_two, of a kind 2299\n");
        assert_eq!(disagreement(&written, &found), None);
        for (found, words) in [
            (&[("redox_auth_one", 101)][..], "more than 100"),
            (
                &[("redox_auth_one", 100)],
                "nobody has measured redox_auth_two",
            ),
            (&[("redox_auth_four", 1)], "says nothing of redox_auth_four"),
        ] {
            let what = disagreement(&written, found).unwrap_or_default();
            assert!(what.contains(words), "{what}");
        }
    }
}
