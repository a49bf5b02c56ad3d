//! `adapters/gateway/STACKS.md` names the versions that were run: those of `Cargo.lock`.

use std::fs;
use std::path::Path;

#[test]
fn every_version_in_the_table_is_the_one_that_was_run() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(here.join("../../adapters/gateway/STACKS.md")).unwrap();
    let locks = ["Cargo.lock", "mbedtls/Cargo.lock"]
        .map(|lock| fs::read_to_string(here.join(lock)).unwrap());
    let mut checked = Vec::new();
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        for stack in cells[1].split(", ") {
            let (name, version) = stack.trim_start_matches('`').split_once("` ").unwrap();
            let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
            let is_locked = locks.iter().any(|lock| lock.contains(&entry));
            let was_run = !cells[2].starts_with("not run");
            assert_eq!(is_locked, was_run, "{name} {version}: {}", cells[2]);
            checked.push(name.to_owned());
        }
    }
    for name in STACKS {
        assert!(
            checked.iter().any(|found| found == name),
            "no row for {name}"
        );
    }
}

const STACKS: [&str; 11] = [
    "edge-nal",
    "embassy-net",
    "embedded-io",
    "embedded-io-adapters",
    "embedded-nal-async",
    "embedded-tls",
    "esp-idf-svc",
    "mbedtls-rs",
    "reqwless",
    "smoltcp",
    "usbd-serial",
];
