use super::charts::{self, CALLS, SESSIONS};
use super::table::{Entry, cell, entries, table, who};
use crate::results::{Absent, Group, Kind, Results, Target};

/// `RESULTS.md`.
pub(super) fn page(results: &Results) -> String {
    let mut out = format!("# What it costs\n\n{}\n", how_measured(results));
    out += &machine(results);
    if !results.targets.is_empty() {
        out += &targets(&results.targets);
    }
    for (kind, title) in SECTIONS {
        out += &section(results, kind, title);
    }
    out
}

fn how_measured(results: &Results) -> String {
    format!(
        "\
Made from `results.json` by `cargo xtask bench`, which measures all of it anew; `cargo xtask test` fails when a figure
here is another than there. The command beside a row measures that row and the one that it is compared with, alone.

Contenders are processes that time themselves, asked by turns: {rounds} rounds, and in each of them {millis} ms for every
contender of a group, after a quarter of that unmeasured, which wakes it; batches have a fifth of the rounds, with turns
twenty times as long. A figure is the median of the rounds, with the quartiles behind it. *Takes times ours* is how many times as long as ours of the same class it takes,
found round by round, so that a moment in which the machine is slow hits both sides. Above 1, ours is quicker. Native is
C and assembly, as aws-lc, BoringSSL, OpenSSL and ring have it. A *signature alone* is of the same bytes again and again
and no assertion around it: what one costs at least.
",
        rounds = results.rounds,
        millis = results.turn_millis,
    )
}

fn machine(results: &Results) -> String {
    let machine = &results.machine;
    let mut out = format!(
        "## Where\n\n\
         - {}, {} of its cores\n- {}\n- redox-auth at {}, {}\n",
        machine.processor, machine.cores, machine.system, results.commit, results.date
    );
    for tool in &machine.tools {
        out += &format!("- {tool}\n");
    }
    out
}

fn targets(targets: &[Target]) -> String {
    let met = targets.iter().filter(|target| target.met).count();
    let mut out = format!("\n## Targets\n\n{met} of {} are met.\n\n", targets.len());
    out += "| what | must be | found | met |\n| --- | --- | --- | --- |\n";
    for target in targets {
        let met = if target.met { "yes" } else { "**no**" };
        let [what, must_be, found] =
            [&target.what, &target.must_be, &target.found].map(|it| cell(it));
        out += &format!("| {what} | {must_be} | {found} | {met} |\n");
    }
    let is_explained = |target: &&Target| !target.met && !target.why.is_empty();
    let missed: Vec<_> = targets.iter().filter(is_explained).collect();
    if !missed.is_empty() {
        out += "\nWhy some are not:\n\n";
    }
    for Target { what, why, .. } in missed {
        out += &format!("- {what}: {why}\n");
    }
    out
}

fn section(results: &Results, kind: Kind, title: &str) -> String {
    let groups: Vec<_> = results
        .groups
        .iter()
        .filter(|group| group.kind == kind)
        .collect();
    if groups.is_empty() {
        return String::new();
    }
    let mut out = format!("\n## {title}\n");
    let chart = |path: &str, of: &str| format!("\n![{of}]({path})\n");
    match kind {
        Kind::Call => out += &chart(CALLS, "What calls take"),
        Kind::Sessions => out += &chart(SESSIONS, "What each session takes, the more there are"),
        Kind::Tenants => out += TENANTS,
        Kind::Signing | Kind::Exchange | Kind::Batch => {}
    }
    if let Kind::Call | Kind::Sessions | Kind::Exchange | Kind::Tenants = kind {
        let entries: Vec<_> = groups.iter().copied().flat_map(entries).collect();
        out += &format!("\n{}\n{}", table(&entries, true), called(&entries, true));
        for group in groups {
            out += &absent(group);
        }
        return out;
    }
    for group in groups {
        out += &format!("\n### {}\n", group.name);
        if kind == Kind::Signing {
            let of = format!("{}: assertions a second", group.name);
            out += &chart(&charts::signing_path(group), &of);
        }
        let entries = entries(group);
        out += &format!("\n{}\n{}", table(&entries, false), called(&entries, false));
    }
    out
}

/// Who of a group was not measured, and why.
fn absent(group: &Group) -> String {
    let absent = group.absent.iter();
    let line = |Absent { name, why }: &Absent| {
        format!("\n- {}, {name}: not measured: {why}\n", group.name)
    };
    absent.map(line).collect()
}

/// How each library is called, and the command that measures it again.
fn called(entries: &[Entry<'_>], with_group: bool) -> String {
    let mut out =
        "<details><summary>How each is called, and measured again</summary>\n\n".to_owned();
    for Entry { group, row } in entries {
        let mut names = vec![who(row)];
        if with_group {
            names.insert(0, group.name.clone());
        }
        if !row.backend.is_empty() && row.backend != row.name {
            names.push(row.backend.clone());
        }
        if row.bare {
            names.push("signature alone".to_owned());
        }
        let names = names.join(", ");
        out += &format!(
            "- {names}: {}; again: `cargo xtask bench {}`\n",
            row.how, row.again
        );
    }
    out + "\n</details>\n"
}

/// How clients of many tenants are measured.
const TENANTS: &str = "
Each figure is of a process that was started for it: the median of a twentieth of the rounds. The keys are on P-384; those
of clients that are *built* are parsed before. *With a token* is from the text of the key to a token of 800 characters, from
a server on this machine that answers at once, for every client after the first: *bytes each* is what Rust code has
allocated and not freed, *resident each* is by how much the process has grown in memory. To the *first byte* is from a
parsed key to the first byte of a TLS connection.
";

const SECTIONS: [(Kind, &str); 6] = [
    (Kind::Signing, "Assertions"),
    (Kind::Batch, "Assertions for many keys at once"),
    (Kind::Call, "Calls without a signature"),
    (Kind::Exchange, "Exchanges"),
    (Kind::Sessions, "Many sessions"),
    (Kind::Tenants, "A client for each tenant"),
];
