use core::fmt;
use std::io;
use std::path::PathBuf;

/// Why results could not be shown, or are not what is shown.
#[non_exhaustive]
#[derive(Debug)]
pub enum RenderError {
    /// The chart at this path could not be drawn.
    Chart {
        /// From `benches`.
        path: PathBuf,
        /// What the library says.
        why: String,
    },
    /// The file could not be read, written or removed.
    File(PathBuf, io::Error),
    /// The file does not hold results.
    NotResults(PathBuf, serde_json::Error),
    /// The file has no line for the part on the benches to begin after, or none for it to end before.
    NoPlace(PathBuf),
    /// The file is not what the results give.
    Differs {
        /// Its number.
        path: PathBuf,
        /// The first line that is not right, counted from 1.
        line: usize,
        /// The found line; none after the end of the file.
        found: Option<String>,
        /// The expected line; none after the expected end.
        expected: Option<String>,
    },
    /// The file is a chart of nothing in the results.
    Leftover(PathBuf),
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chart { path, why } => write!(f, "{}: cannot be drawn: {why}", path.display()),
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::NotResults(path, error) => write!(f, "{}: no results: {error}", path.display()),
            Self::NoPlace(path) => write!(
                f,
                "{}: expected a line `{BEGIN}` and behind it a line `{END}`",
                path.display()
            ),
            Self::Differs {
                path,
                line,
                found,
                expected,
            } => {
                let quoted = |line: &Option<String>| match line {
                    Some(line) => format!("`{line}`"),
                    None => "the end".to_owned(),
                };
                write!(
                    f,
                    "{}:{line}: not what the results give: found {}, expected {}",
                    path.display(),
                    quoted(found),
                    quoted(expected)
                )
            }
            Self::Leftover(path) => {
                write!(f, "{}: a chart of nothing in the results", path.display())
            }
        }
    }
}

impl core::error::Error for RenderError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::File(_, error) => Some(error),
            Self::NotResults(_, error) => Some(error),
            _ => None,
        }
    }
}

/// The line of the README that its part on the benches comes after.
pub(super) const BEGIN: &str = "<!-- benches -->";
/// The line that it comes before.
pub(super) const END: &str = "<!-- /benches -->";
