use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{BEGIN, END, RenderError};
use super::files::render;
use super::readme::readme_part;
use crate::results::Results;

/// Whether every page below `root` matches its `benches/results.json`, byte for byte.
///
/// # Errors
/// The first file that differs, or what kept us from looking.
pub fn check(root: &Path) -> Result<(), RenderError> {
    let files = files(root)?;
    for (path, expected) in &files {
        same(path, &read(root, path)?, expected)?;
    }
    match leftovers(root, &files)?.into_iter().next() {
        Some(path) => Err(RenderError::Leftover(path)),
        None => Ok(()),
    }
}

/// Writes `benches/results.json` below `root` and all that people read; charts of nothing in `results` are removed.
///
/// # Errors
/// What writing can fail with, and [`RenderError::NoPlace`] for a README without a place for its part.
pub fn write(results: &Results, root: &Path) -> Result<(), RenderError> {
    let path = Path::new(RESULTS);
    let json = serde_json::to_string_pretty(results)
        .map_err(|error| RenderError::NotResults(path.into(), error))?;
    put(root, path, &format!("{json}\n"))?;
    // Made from the written file and not from `results`, because the last bit of a float may differ after reading.
    let files = files(root)?;
    for (path, text) in &files {
        put(root, path, text)?;
    }
    for path in leftovers(root, &files)? {
        fs::remove_file(root.join(&path)).map_err(|error| RenderError::File(path, error))?;
    }
    Ok(())
}

/// The pages that the results below `root` make, by path.
fn files(root: &Path) -> Result<Vec<(PathBuf, String)>, RenderError> {
    let path = Path::new(RESULTS);
    let results: Results = serde_json::from_str(&read(root, path)?)
        .map_err(|error| RenderError::NotResults(path.into(), error))?;
    let mut files = Vec::new();
    for (path, text) in render(&results)? {
        files.push((Path::new("benches").join(path), text));
    }
    let path = PathBuf::from(README);
    let readme = read(root, &path)?;
    match with_part(&readme, &readme_part(&results)) {
        Some(readme) => files.push((path, readme)),
        None => return Err(RenderError::NoPlace(path)),
    }
    Ok(files)
}

/// `readme` with `part` between the two lines for it, a blank line on each side.
fn with_part(readme: &str, part: &str) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!(
        "{before}{BEGIN}\n\n{}\n\n{END}{after}",
        part.trim()
    ))
}

fn same(path: &Path, found: &str, expected: &str) -> Result<(), RenderError> {
    if found == expected {
        return Ok(());
    }
    // Not by `lines`, which takes a line end at the end of a file, or `\r` before it, as nothing.
    let (mut lines, mut expected_lines) = (found.split('\n'), expected.split('\n'));
    let mut line: usize = 1;
    loop {
        let (found, expected) = (lines.next(), expected_lines.next());
        if found != expected || found.is_none() {
            return Err(RenderError::Differs {
                path: path.into(),
                line,
                found: found.map(str::to_owned),
                expected: expected.map(str::to_owned),
            });
        }
        line = line.saturating_add(1);
    }
}

/// Charts that are there and not among `files`, by name.
fn leftovers(root: &Path, files: &[(PathBuf, String)]) -> Result<Vec<PathBuf>, RenderError> {
    let charts = Path::new(CHARTS);
    let failed = |error| RenderError::File(charts.into(), error);
    let entries = match fs::read_dir(root.join(charts)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut leftovers = Vec::new();
    for entry in entries {
        let path = charts.join(entry.map_err(failed)?.file_name());
        let is_chart = path.extension().is_some_and(|it| it == "svg");
        if is_chart && files.iter().all(|(known, _)| *known != path) {
            leftovers.push(path);
        }
    }
    leftovers.sort();
    Ok(leftovers)
}

fn read(root: &Path, path: &Path) -> Result<String, RenderError> {
    fs::read_to_string(root.join(path)).map_err(|error| RenderError::File(path.into(), error))
}

fn put(root: &Path, path: &Path, text: &str) -> Result<(), RenderError> {
    let failed = |error| RenderError::File(path.into(), error);
    let full = root.join(path);
    if let Some(folder) = full.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(full, text).map_err(failed)
}

const RESULTS: &str = "benches/results.json";
const CHARTS: &str = "benches/charts";
const README: &str = "README.md";
