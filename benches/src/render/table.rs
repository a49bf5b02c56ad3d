use core::cmp::Ordering;

use redox_auth_contender::Class;

use super::number::{exact, per_second, ratio_spread, rounded, time_spread};
use crate::results::{Group, Row};

/// A row and the group that it is of.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) group: &'a Group,
    pub(super) row: &'a Row,
}

/// The rows of a group: by class, ours before others, the quicker before the slower, signatures alone last.
pub(super) fn entries(group: &Group) -> Vec<Entry<'_>> {
    let mut entries: Vec<_> = group.rows.iter().map(|row| Entry { group, row }).collect();
    entries.sort_by(|one, other| order(one.row, other.row));
    entries
}

fn order(one: &Row, other: &Row) -> Ordering {
    let rank = |row: &Row| (row.bare, row.class == Class::Rust, !row.is_ours());
    let time = |row: &Row| row.nanos.median;
    rank(one)
        .cmp(&rank(other))
        .then(time(one).total_cmp(&time(other)))
}

/// A table of those columns of which any row has something; `with_group` names the group of each row.
pub(super) fn table(entries: &[Entry<'_>], with_group: bool) -> String {
    let columns: Vec<_> = COLUMNS
        .iter()
        .filter(|column| with_group || column.title != WHAT)
        .filter(|column| entries.iter().any(|entry| (column.cell)(*entry).is_some()))
        .collect();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = line(
        columns
            .iter()
            .map(|column| column.title.to_owned())
            .collect(),
    );
    out += &line(
        columns
            .iter()
            .map(|column| column.align.to_owned())
            .collect(),
    );
    for entry in entries {
        let cell =
            |column: &&Column| (column.cell)(*entry).map_or_else(String::new, |it| cell(&it));
        out += &line(columns.iter().map(cell).collect());
    }
    out
}

/// Text that ends no cell.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Name and release.
pub(super) fn who(row: &Row) -> String {
    [row.name.as_str(), row.version.as_str()]
        .join(" ")
        .trim_end()
        .to_owned()
}

struct Column {
    title: &'static str,
    align: &'static str,
    cell: fn(Entry<'_>) -> Option<String>,
}

const COLUMNS: [Column; 12] = [
    Column {
        title: WHAT,
        align: LEFT,
        cell: |entry| Some(entry.group.name.clone()),
    },
    Column {
        title: "who",
        align: LEFT,
        cell: |entry| {
            let who = who(entry.row);
            Some(match entry.row {
                row if row.bare => format!("*signature alone:* {who}"),
                row if row.is_ours() => format!("**{who}**"),
                _ => who,
            })
        },
    },
    Column {
        title: "backend",
        align: LEFT,
        cell: |entry| (!entry.row.backend.is_empty()).then(|| entry.row.backend.clone()),
    },
    Column {
        title: "class",
        align: LEFT,
        // What computes no signature is all ours or in Rust.
        cell: |entry| (!entry.row.backend.is_empty()).then(|| class(entry.row.class).to_owned()),
    },
    Column {
        title: "one takes",
        align: RIGHT,
        cell: |entry| Some(time_spread(entry.row.nanos)),
    },
    Column {
        title: "a second, one thread",
        align: RIGHT,
        cell: |entry| Some(rounded(per_second(entry.row.nanos.median))),
    },
    Column {
        title: "a second, all cores",
        align: RIGHT,
        cell: |entry| entry.row.all_cores_per_second.map(rounded),
    },
    Column {
        title: "takes times ours",
        align: RIGHT,
        cell: |entry| entry.row.beside_ours.map(ratio_spread),
    },
    Column {
        title: "instructions",
        align: RIGHT,
        cell: |entry| entry.row.instructions.map(exact),
    },
    Column {
        title: "allocations",
        align: RIGHT,
        cell: |entry| entry.row.allocations.map(exact),
    },
    Column {
        title: "bytes each",
        align: RIGHT,
        cell: |entry| entry.row.bytes_each.map(exact),
    },
    Column {
        title: "resident each",
        align: RIGHT,
        cell: |entry| entry.row.resident_each.map(exact),
    },
];

const fn class(class: Class) -> &'static str {
    match class {
        Class::Native => "native",
        Class::Rust => "Rust",
    }
}

const WHAT: &str = "what";
const LEFT: &str = "---";
const RIGHT: &str = "---:";
