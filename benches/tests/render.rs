//! The pages match the measurements.

#[path = "render/sample.rs"]
mod sample;

use std::fs;
use std::path::Path;

use redox_auth_benches::{
    Absent, Kind, RenderError, Results, Row, check, readme_part, render, write,
};
use redox_auth_contender::Class;
use sample::{group, results, row, spread};
use tempfile::{TempDir, tempdir};

#[test]
fn a_target_that_is_not_met_is_shown_as_such() {
    let page = page(&results());
    assert!(page.contains("1 of 2 are met."), "{page}");
    assert!(
        page.contains(
            "| ES256 beside aws-lc-rs alone | at least 0.97 | 0.953 (0.951–0.958) | yes |"
        )
    );
    assert!(page.contains(
        "| ES384 beside `p384` \\| alone | at least 0.97 | 0.953 (0.951–0.958) | **no** |"
    ));
}

#[test]
fn who_could_not_be_measured_is_named_with_the_reason() {
    let mut ours = row("redox-auth", "", Class::Rust, 20_000.0);
    ours.resident_each = Some(5_120);
    let mut results = one_group(Kind::Tenants, vec![ours]);
    assert!(!page(&results).contains("not measured"));
    results.groups[0].absent = vec![Absent {
        name: "redox-auth at a76515d".to_owned(),
        why: "no history".to_owned(),
    }];
    let page = page(&results);
    assert!(page.contains(", redox-auth at a76515d: not measured: no history"));
    assert!(page.contains("| 5,120 |"), "{page}");
}

#[test]
fn signatures_alone_are_marked_and_come_last() {
    let bare = Row {
        bare: true,
        ..row("ring", "ring", Class::Native, 1.0)
    };
    let rows = vec![
        bare,
        row("redox-auth", "aws-lc-rs", Class::Native, 2.0),
        row("huskarl", "RustCrypto", Class::Rust, 9.0),
    ];
    let results = one_group(Kind::Signing, rows);
    assert_eq!(
        first_cells(&results),
        [
            "**redox-auth 1.2.3**",
            "huskarl 1.2.3",
            "*signature alone:* ring 1.2.3"
        ]
    );
    assert!(page(&results).contains("- ring 1.2.3, signature alone: the key once; again:"));
}

#[test]
fn rows_come_by_class_ours_first_and_then_by_their_time() {
    let rows = vec![
        row("huskarl", "RustCrypto", Class::Rust, 50.0),
        row("redox-auth", "RustCrypto", Class::Rust, 90.0),
        row("slow", "OpenSSL", Class::Native, 30.0),
        row("quick", "OpenSSL", Class::Native, 10.0),
        row("redox-auth", "aws-lc-rs", Class::Native, 20.0),
    ];
    assert_eq!(
        first_cells(&one_group(Kind::Signing, rows)),
        [
            "**redox-auth 1.2.3**",
            "quick 1.2.3",
            "slow 1.2.3",
            "**redox-auth 1.2.3**",
            "huskarl 1.2.3",
        ]
    );
}

#[test]
fn a_column_of_nothing_is_left_out() {
    let plain = one_group(
        Kind::Batch,
        vec![row("redox-auth", "", Class::Rust, 20_712.0)],
    );
    let lines = "\
| who | one takes | a second, one thread |
| --- | ---: | ---: |
| **redox-auth 1.2.3** | 20.7 µs (20.6–21.0) | 48,300 |
";
    assert!(page(&plain).contains(lines), "{}", page(&plain));

    let full = Row {
        all_cores_per_second: Some(96_512.3),
        beside_ours: Some(spread(2.128)),
        instructions: Some(1_234_567),
        allocations: Some(0),
        bytes_each: Some(1_496),
        ..row("peer", "OpenSSL", Class::Native, 20_712.0)
    };
    let full = one_group(Kind::Batch, vec![full]);
    let line = "| peer 1.2.3 | OpenSSL | native | 20.7 µs (20.6–21.0) | 48,300 | 96,500 | 2.13 (2.12–2.16) | 1,234,567 | 0 | 1,496 |\n";
    assert!(page(&full).contains(line), "{}", page(&full));
}

#[test]
fn every_row_says_how_it_is_measured_again() {
    let (results, page) = (results(), page(&results()));
    for row in results.groups.iter().flat_map(|group| &group.rows) {
        let command = format!("`cargo xtask bench {}`", row.again);
        assert!(page.contains(&command), "{command}");
    }
}

#[test]
fn the_bars_of_a_chart_are_longest_first() {
    let rows = vec![
        row("slow", "OpenSSL", Class::Native, 30_000.0),
        row("quick", "OpenSSL", Class::Native, 10_000.0),
        row("redox-auth", "aws-lc-rs", Class::Native, 20_000.0),
    ];
    let chart = file(&one_group(Kind::Signing, rows), "charts/es256.svg");
    let lines: Vec<_> = chart.lines().collect();
    let place = |text: &str| lines.iter().position(|line| *line == text);
    let places = ["quick", "100,000", "redox-auth", "50,000", "slow", "33,300"].map(place);
    assert!(places.is_sorted() && places[0].is_some(), "{places:?}");
}

#[test]
fn every_chart_that_a_page_shows_is_there() {
    let results = results();
    let files = render(&results).unwrap();
    let (charts, page) = (&files[1..], page(&results));
    assert_eq!(charts.len(), page.matches("![").count());
    for (path, svg) in charts {
        let path = path.to_str().unwrap();
        assert!(page.contains(&format!("({path})")), "{path}");
        assert!(svg.contains("fill=\"#FFFFFF\""), "{path} has no background");
    }
    assert!(readme_part(&results).contains("(benches/charts/es256.svg)"));
}

#[test]
fn the_readme_shows_both_classes_and_leaves_open_what_was_not_measured() {
    let part = readme_part(&results());
    let line = "| ES256 | **48,500** | 23,500 (2.07 times) | **12,300** | 5,320 (2.32 times) |";
    assert!(part.contains(line), "{part}");
    let rows = vec![row("redox-auth", "aws-lc-rs", Class::Native, 20_000.0)];
    let part = readme_part(&one_group(Kind::Signing, rows));
    assert!(
        part.contains("| ES256 | **50,000** | – | – | – |"),
        "{part}"
    );
}

#[test]
fn what_was_written_is_found_right_and_written_the_same_again() {
    let folder = folder();
    write(&results(), folder.path()).unwrap();
    check(folder.path()).unwrap();
    let json = read(folder.path(), "benches/results.json");
    let again: Results = serde_json::from_str(&json).unwrap();
    assert_eq!(render(&again).unwrap(), render(&results()).unwrap());
    write(&again, folder.path()).unwrap();
    check(folder.path()).unwrap();
    let readme = read(folder.path(), "README.md");
    assert!(
        readme.starts_with("# Before\n\n<!-- benches -->\n\nClient"),
        "{readme}"
    );
    assert!(
        readme.ends_with(".\n\n<!-- /benches -->\n\n# After\n"),
        "{readme}"
    );
}

#[test]
fn a_figure_that_was_changed_by_hand_is_found() {
    for (path, from, to) in [
        ("benches/RESULTS.md", "48,500", "58,500"),
        ("benches/charts/es256.svg", "48,500", "58,500"),
        ("README.md", "48,500", "58,500"),
        (
            "benches/results.json",
            "\"turn_millis\": 200",
            "\"turn_millis\": 500",
        ),
    ] {
        let folder = folder();
        write(&results(), folder.path()).unwrap();
        let text = read(folder.path(), path);
        assert!(text.contains(from), "{path}");
        fs::write(folder.path().join(path), text.replacen(from, to, 1)).unwrap();
        let error = check(folder.path()).unwrap_err();
        let RenderError::Differs {
            path: found, line, ..
        } = &error
        else {
            panic!("{path}: {error}");
        };
        if !path.ends_with(".json") {
            assert_eq!(found, Path::new(path));
            let place = text.lines().position(|line| line.contains(from)).unwrap();
            assert_eq!(*line, place + 1, "{path}");
            assert!(error.to_string().contains(to), "{error}");
        }
    }
}

#[test]
fn a_file_that_was_cut_or_goes_on_is_found() {
    let folder = folder();
    write(&results(), folder.path()).unwrap();
    let path = folder.path().join("benches/RESULTS.md");
    let text = fs::read_to_string(&path).unwrap();
    let end = text.lines().count() + 1;
    for (changed, place) in [
        (text.trim_end().to_owned(), end),
        (format!("{text}more"), end),
        (text.replace('\n', "\r\n"), 1),
    ] {
        fs::write(&path, changed).unwrap();
        let error = check(folder.path()).unwrap_err();
        let RenderError::Differs { line, .. } = error else {
            panic!("line {place}: {error}");
        };
        assert_eq!(line, place);
    }
}

#[test]
fn a_commit_that_was_changed_after_shows_it() {
    let results = results();
    let shown = [
        page(&results),
        readme_part(&results),
        file(&results, "charts/es256.svg"),
    ];
    for text in shown {
        assert!(text.contains("4d7e008f7f0b-dirty"), "{text}");
    }
}

#[test]
fn a_chart_of_nothing_is_found_and_removed() {
    let folder = folder();
    write(&results(), folder.path()).unwrap();
    let chart = folder.path().join("benches/charts/es512.svg");
    fs::write(&chart, "").unwrap();
    let error = check(folder.path()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "benches/charts/es512.svg: a chart of nothing in the results"
    );
    write(&results(), folder.path()).unwrap();
    assert!(!chart.exists());
    check(folder.path()).unwrap();
}

#[test]
fn a_readme_without_a_place_is_named() {
    let folder = folder();
    fs::write(folder.path().join("README.md"), "# Before\n").unwrap();
    let error = write(&results(), folder.path()).unwrap_err();
    assert!(
        error.to_string().starts_with("README.md: expected a line"),
        "{error}"
    );
}

/// A project with nothing but a README.
fn folder() -> TempDir {
    let folder = tempdir().expect("a folder");
    let readme = "# Before\n\n<!-- benches -->\n<!-- /benches -->\n\n# After\n";
    fs::write(folder.path().join("README.md"), readme).expect("a README");
    folder
}

fn read(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).expect(path)
}

fn page(results: &Results) -> String {
    file(results, "RESULTS.md")
}

fn file(results: &Results, path: &str) -> String {
    let files = render(results).expect("charts can be drawn");
    let found = files.into_iter().find(|(it, _)| it == Path::new(path));
    found.expect(path).1
}

fn one_group(kind: Kind, rows: Vec<Row>) -> Results {
    Results {
        groups: vec![group(kind, "ES256", rows)],
        targets: Vec::new(),
        ..results()
    }
}

/// The first cell of every row of the only table.
fn first_cells(results: &Results) -> Vec<String> {
    let page = page(results);
    let rows = page.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = rows.filter_map(|row| row.split(" | ").next());
    cells.skip(2).map(str::to_owned).collect()
}
