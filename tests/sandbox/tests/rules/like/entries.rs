//! Whether the table of refusals notices every entry of the files.

use std::fs;

use redox_auth_sandbox::Rules;

use super::fit::Fit;
use super::refusals::{is_said, rows, words_of};

#[test]
fn a_file_that_lacks_an_entry_answers_otherwise() {
    let mut missed = Vec::new();
    for server in Rules::names().filter(|name| !TOLD_ELSEWHERE.contains(name)) {
        let text = fs::read_to_string(format!("servers/{server}.toml")).unwrap();
        for (entry, without) in each_without_one_entry(&text) {
            // A file that cannot be read any more is noticed, too.
            let Ok(rules) = Rules::parse(server, &without) else {
                continue;
            };
            let name = entry.split(" = ").next().unwrap();
            let line = format!("{server}: {name}");
            let is_known = WHERE_IT_IS.contains(&name) || NOT_IN_THE_TABLE.contains(&&*line);
            if !is_known && answers_as_before(&rules) {
                missed.push(line);
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Whether each line of the table for this server still holds with these rules, and fitting requests are served as before.
fn answers_as_before(rules: &Rules) -> bool {
    let original = Rules::named(rules.name()).unwrap();
    let same = |changes: &str, status: &str, words: &str| {
        let mut fit = Fit::new(&original);
        for change in changes.split("; ").filter(|change| !change.is_empty()) {
            fit.change(change);
        }
        let answer = fit.answer(rules);
        answer.status.as_str() == status && (status == "200" || is_said(words, &words_of(&answer)))
    };
    let is_served = original.name() == "meditech" || same("", "200", "");
    let mut rows = rows().filter(|[server, ..]| *server == original.name());
    is_served && rows.all(|[_, changes, status, words]| same(changes, status, words))
}

/// Each entry of the tables of accepted and refused values, and the file without it.
fn each_without_one_entry(text: &str) -> Vec<(&str, String)> {
    let lines: Vec<_> = text.lines().collect();
    let mut is_judged = false;
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        if line.starts_with('[') {
            is_judged = !["[success]", "[client", "[client]"]
                .iter()
                .any(|it| line.starts_with(it));
        }
        if !is_judged || !line.contains(" = ") || line.starts_with(['#', ' ']) {
            continue;
        }
        let is_open = line.ends_with('[');
        let end = lines.iter().skip(start).position(|line| *line == "]");
        let end = start.saturating_add(end.filter(|_| is_open).unwrap_or(0));
        let rest = lines.iter().enumerate();
        let rest = rest.filter(|(index, _)| !(start..=end).contains(index));
        let rest: String = rest.map(|(_, line)| format!("{line}\n")).collect();
        found.push((*line, rest));
    }
    found
}

/// Servers whose entries only the files that extend theirs show, or that have a test of their own.
const TOLD_ELSEWHERE: [&str; 4] = ["health-gorilla", "redox", "rfc7523", "smart"];

/// Entries that only say where a server is, or that it serves nobody.
const WHERE_IT_IS: [&str; 3] = ["known", "issuer", "no_token"];

/// Entries with a test of their own: of limits, of TLS, of how long a `jti` is and how long it is remembered, and of bodies whose
/// words do not show all that they are.
const NOT_IN_THE_TABLE: [&str; 9] = [
    "athena: limit",
    "cdr: mutual_tls",
    "dpc: remembered_secs",
    "epic: max_chars",
    "epic: body",
    "nhs: limit",
    "nhs: remembered_secs",
    "nhs: body",
    "nhs: too-many",
];
