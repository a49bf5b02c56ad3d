use std::path::PathBuf;

use super::error::RenderError;
use super::{charts, page};
use crate::results::Results;

/// `RESULTS.md` and the charts, by their paths from `benches`: the same results always give the same bytes.
///
/// # Errors
/// [`RenderError::Chart`] for a chart that cannot be drawn.
pub fn render(results: &Results) -> Result<Vec<(PathBuf, String)>, RenderError> {
    let mut files = vec![(PathBuf::from("RESULTS.md"), page::page(results))];
    files.extend(charts::charts(results)?);
    Ok(files)
}
