mod bars;
mod charts;
mod check;
mod error;
mod letters;
mod number;
mod page;
mod readme;
mod sessions_chart;
mod table;

use std::path::PathBuf;

pub use check::{check, write};
pub use error::RenderError;
pub use readme::readme_part;

use crate::results::{Results, Row};

/// `RESULTS.md` and the charts, by their paths from `benches`: the same results always give the same bytes.
///
/// # Errors
/// [`RenderError::Chart`] for a chart that cannot be drawn.
pub fn render(results: &Results) -> Result<Vec<(PathBuf, String)>, RenderError> {
    let mut files = vec![(PathBuf::from("RESULTS.md"), page::page(results))];
    files.extend(charts::charts(results)?);
    Ok(files)
}

/// Whether it is of this project, and not a signature alone.
fn is_ours(row: &Row) -> bool {
    !row.bare && row.name.starts_with("redox-auth")
}
