use redox_auth_contender::Class;

use crate::results::{Results, Row};

/// Prints the results for a person who waits for them.
pub fn print(results: &Results) {
    for group in &results.groups {
        println!(
            "\n{:<58}{:>14}{:>12}{:>14}{:>12}{:>15}",
            group.name, "ns", "times ours", "instructions", "bytes each", "resident each"
        );
        for row in &group.rows {
            let beside_ours = row.beside_ours.map(|it| format!("{:.3}", it.median));
            let figure = |figure: Option<u64>| figure.map_or(String::new(), |it| it.to_string());
            println!(
                "  {:<56}{:>14.1}{:>12}{:>14}{:>12}{:>15}",
                who(row),
                row.nanos.median,
                beside_ours.unwrap_or_default(),
                figure(row.instructions),
                figure(row.bytes_each),
                figure(row.resident_each),
            );
        }
        for absent in &group.absent {
            println!("  {}: not measured: {}", absent.name, absent.why);
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
