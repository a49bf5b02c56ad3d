//! The numbers of the enums, which programs that were compiled long ago still use.

use std::collections::BTreeMap;

/// Every number that was ever given out. Lines are added, and never changed.
const NUMBERS: &str = include_str!("abi.txt");

const HEADER: &str = include_str!("../include/redox_auth.h");
const CONTRACT: &str = include_str!("c/contract.c");

#[test]
fn a_number_that_was_given_out_stays() {
    let found = in_header();
    for (name, number) in parse(NUMBERS.lines().filter_map(|line| line.split_once(' '))) {
        assert_eq!(found.get(name), Some(&number), "{name}");
    }
}

#[test]
fn a_new_number_is_noted_down() {
    let noted = parse(NUMBERS.lines().filter_map(|line| line.split_once(' ')));
    assert_eq!(noted.len(), NUMBERS.lines().count());
    for (name, number) in in_header() {
        assert_eq!(
            noted.get(name),
            Some(&number),
            "add a line to tests/abi.txt: {name} {number}"
        );
    }
}

#[test]
fn every_function_is_called_wrongly_in_the_contract() {
    let mut count = 0;
    for line in HEADER
        .lines()
        .filter(|line| !line.starts_with([' ', '/', '#']))
    {
        let name = line
            .split_once('(')
            .and_then(|(before, _)| before.rsplit([' ', '*']).next());
        let Some(name) = name.filter(|name| name.starts_with("redox_auth_")) else {
            continue;
        };
        // Those of the keys are called by a macro, once for each type.
        let called = match name.split_once("_key_") {
            Some((kind, function)) if !kind.ends_with("public") => {
                let kind = kind.strip_prefix("redox_auth_").unwrap();
                CONTRACT.contains(&format!("\nKEY({kind},"))
                    && CONTRACT.contains(&format!("redox_auth_##name##_key_{function}("))
            }
            _ => CONTRACT.contains(&format!("{name}(")),
        };
        assert!(called, "{name}");
        count += 1;
    }
    assert_eq!(count, 47);
}

fn in_header() -> BTreeMap<&'static str, i32> {
    parse(HEADER.lines().filter_map(|line| {
        let line = line.strip_prefix("    REDOX_AUTH_")?;
        line.strip_suffix(',')?.split_once(" = ")
    }))
}

fn parse<'t>(pairs: impl Iterator<Item = (&'t str, &'t str)>) -> BTreeMap<&'t str, i32> {
    pairs
        .filter_map(|(name, number)| Some((name, number.parse().ok()?)))
        .collect()
}
