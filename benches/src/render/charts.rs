use std::path::PathBuf;

use redox_auth_contender::Class;

use super::bars::{Bar, Bars, Look};
use super::error::RenderError;
use super::number::{per_second, rounded, time};
use super::sessions_chart;
use crate::results::{Group, Kind, Results, Row};

/// Every chart, by its path from `benches`.
pub(super) fn charts(results: &Results) -> Result<Vec<(PathBuf, String)>, RenderError> {
    let of = |kind| {
        results
            .groups
            .iter()
            .filter(move |group| group.kind == kind)
    };
    let mut charts = Vec::new();
    for group in of(Kind::Signing) {
        charts.push((signing_path(group), signing(results, group).draw()));
    }
    if of(Kind::Call).next().is_some() {
        charts.push((CALLS.to_owned(), calls(results, of(Kind::Call)).draw()));
    }
    if of(Kind::Sessions).next().is_some() {
        let drawn = sessions_chart::draw(of(Kind::Sessions), &source(results));
        charts.push((SESSIONS.to_owned(), drawn));
    }
    let mut files = Vec::new();
    for (path, drawn) in charts {
        let path = PathBuf::from(path);
        match drawn {
            Ok(svg) => files.push((path, svg)),
            Err(error) => {
                let why = error.to_string();
                return Err(RenderError::Chart { path, why });
            }
        }
    }
    Ok(files)
}

/// `charts/es256.svg` of `ES256`, `charts/rs384-2048.svg` of `RS384, 2048 bits`.
pub(super) fn signing_path(group: &Group) -> String {
    let name = group.name.to_lowercase();
    let words = name.split(|it: char| !it.is_ascii_alphanumeric());
    let words: Vec<_> = words
        .filter(|word| !word.is_empty() && *word != "bits")
        .collect();
    format!("charts/{}.svg", words.join("-"))
}

fn signing(results: &Results, group: &Group) -> Bars {
    let mut bars: Vec<_> = group
        .rows
        .iter()
        .map(|row| {
            let value = per_second(row.nanos.median);
            Bar {
                name: row.name.clone(),
                detail: backend(row).to_owned(),
                look: look(row),
                value,
                figure: rounded(value),
            }
        })
        .collect();
    longest_first(&mut bars);
    Bars {
        title: format!("{}: assertions a second, one thread", group.name),
        source: source(results),
        bars,
    }
}

fn calls<'a>(results: &Results, groups: impl Iterator<Item = &'a Group>) -> Bars {
    let ours = groups.flat_map(|group| {
        let rows = group.rows.iter().filter(|row| row.is_ours());
        rows.map(move |row| (group, row))
    });
    let mut bars: Vec<_> = ours
        .map(|(group, row)| {
            // Beside `redox-auth` there may be `redox-auth, without a template`.
            let variant = row.name.trim_start_matches("redox-auth");
            Bar {
                name: format!("{}{variant}", group.name),
                detail: String::new(),
                look: look(row),
                value: row.nanos.median,
                figure: time(row.nanos.median),
            }
        })
        .collect();
    longest_first(&mut bars);
    Bars {
        title: "What a call of ours takes, without a signature".to_owned(),
        source: source(results),
        bars,
    }
}

fn longest_first(bars: &mut [Bar]) {
    bars.sort_by(|one, other| other.value.total_cmp(&one.value));
}

/// The backend without what it runs in, where it is another than who.
fn backend(row: &Row) -> &str {
    match row.backend.split(',').next().unwrap_or_default() {
        same if same == row.name => "",
        other => other,
    }
}

fn look(row: &Row) -> Look {
    let native = row.class == Class::Native;
    match (row.bare, row.is_ours()) {
        (true, _) if native => Look::NativeSignature,
        (true, _) => Look::RustSignature,
        (false, true) if native => Look::NativeOurs,
        (false, true) => Look::RustOurs,
        (false, false) if native => Look::NativeOther,
        (false, false) => Look::RustOther,
    }
}

/// What stands in small letters below a chart.
fn source(results: &Results) -> String {
    let Results {
        machine,
        date,
        commit,
        ..
    } = results;
    format!("{}, {date}, {commit}", machine.processor)
}

pub(super) const CALLS: &str = "charts/calls.svg";
pub(super) const SESSIONS: &str = "charts/sessions.svg";
