use redox_auth_contender::Class;

use crate::results::{Results, Row};

/// Prints what came out, for whoever waits for it.
pub fn print(results: &Results) {
    for group in &results.groups {
        println!(
            "\n{:<58}{:>12}{:>12}{:>14}",
            group.name, "ns", "times ours", "instructions"
        );
        for row in &group.rows {
            println!(
                "  {:<56}{:>12.1}{:>12}{:>14}",
                who(row),
                row.nanos.median,
                row.beside_ours
                    .map_or(String::new(), |it| format!("{:.3}", it.median)),
                row.instructions.map_or(String::new(), |it| it.to_string()),
            );
        }
    }
    println!("\n{:<76}{:>16}{:>16}", "targets", "must be", "found");
    for target in &results.targets {
        let mark = if target.met { "" } else { "  not met" };
        println!(
            "  {:<74}{:>16}{:>16}{mark}",
            target.what, target.must_be, target.found
        );
    }
}

fn who(row: &Row) -> String {
    let Row {
        name,
        version,
        backend,
        ..
    } = row;
    let class = match row.class {
        Class::Native if backend.is_empty() => "",
        Class::Native => ", native",
        Class::Rust if backend.is_empty() => "",
        Class::Rust => ", Rust",
    };
    let what = if row.bare { ", signature alone" } else { "" };
    format!("{name} {version} {backend}{class}{what}")
}
