//! The tables of `NETWORK.md`: each row names its test.

use std::path::Path;

const PAGE: &str = include_str!("../../NETWORK.md");

#[test]
fn each_row_names_a_test_that_there_is() {
    let mut tests = 0;
    for row in PAGE.lines().filter(|line| line.contains(".rs`: `")) {
        let (_, cell) = row.trim_end_matches('|').rsplit_once('|').unwrap();
        let (file, names) = cell.split_once(": ").unwrap();
        let (folder, file) = file.trim().trim_matches('`').split_once('/').unwrap();
        let folder = match folder {
            "tls" => "tests/tls",
            "loopback" => "tests/loopback",
            "command" => "../cli/tests/command",
            "src" => "src",
            "core" => "../../core/tests/black_box",
            "gateway" => "../gateway/tests/black_box",
            "tower" => "../tower/tests/incoming",
            "networks" => "../../tests/interop/tests/networks",
            other => panic!("{other}: {row}"),
        };
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(folder)
            .join(file);
        let source = std::fs::read_to_string(&path).unwrap();
        for name in names.split(',').map(|name| name.trim().trim_matches('`')) {
            let is_there = source.contains(&format!("fn {name}("));
            assert!(is_there, "{name} is not in {}", path.display());
            tests += 1;
        }
    }
    let rows = PAGE.lines().filter(|line| line.starts_with("| "));
    let heads = rows.clone().filter(|row| row.starts_with("| situation "));
    let without_test = rows.filter(|row| !row.contains(".rs`: `"));
    // The table of entries has four rows and a head.
    assert_eq!(without_test.count(), heads.count() + 5);
    assert!(tests > 60, "{tests}");
}
