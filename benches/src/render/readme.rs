use redox_auth_contender::{Class, KeyName};

use super::charts::signing_path;
use super::number::{per_second, rounded};
use crate::results::{Group, Kind, Results, Row};

/// The part of the README about the benches, without the lines around it.
#[must_use]
pub fn readme_part(results: &Results) -> String {
    let signing = |name: KeyName| {
        let is_it = |group: &&Group| group.kind == Kind::Signing && group.name == name.as_str();
        results.groups.iter().find(is_it)
    };
    let mut out = format!(
        "\
Client assertions per second on one thread, each with a new `jti`. In brackets: how many times as long the other library
takes, as the median of {rounds} rounds in which both took turns. [All figures](benches/RESULTS.md) name the command that
measures each again.

| | redox-auth, aws-lc-rs | {PEER}, aws-lc-rs | redox-auth, pure Rust | {PEER}, pure Rust |
| --- | ---: | ---: | ---: | ---: |
",
        rounds = results.rounds,
    );
    for group in SHOWN.into_iter().filter_map(signing) {
        let figures = [Class::Native, Class::Rust]
            .into_iter()
            .flat_map(|class| [ours(group, class), peer(group, class)])
            .map(|figure| figure.unwrap_or_else(|| "–".to_owned()));
        let cells: Vec<_> = figures.collect();
        out += &format!("| {} | {} |\n", group.name, cells.join(" | "));
    }
    if let Some(group) = signing(KeyName::Es256) {
        let path = signing_path(group);
        out += &format!("\n![{}: assertions a second](benches/{path})\n", group.name);
    }
    let machine = &results.machine;
    out += &format!(
        "\nMeasured on {} at {}, on {} of the cores of {}, {}.\n",
        results.date, results.commit, machine.cores, machine.processor, machine.system,
    );
    out
}

fn ours(group: &Group, class: Class) -> Option<String> {
    let row = group
        .rows
        .iter()
        .find(|row| row.is_ours() && row.class == class)?;
    Some(format!("**{}**", a_second(row)))
}

fn peer(group: &Group, class: Class) -> Option<String> {
    let is_it = |row: &&Row| row.name == PEER && row.class == class && !row.bare;
    let row = group.rows.iter().find(is_it)?;
    Some(match row.beside_ours {
        Some(ratio) => format!("{} ({} times)", a_second(row), rounded(ratio.median)),
        None => a_second(row),
    })
}

fn a_second(row: &Row) -> String {
    rounded(per_second(row.nanos.median))
}

/// What most use.
const PEER: &str = "jsonwebtoken";

const SHOWN: [KeyName; 3] = [KeyName::Es256, KeyName::Es384, KeyName::Rs384Of2048];
