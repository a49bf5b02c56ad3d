//! Tables and charts, made from what a run found.

mod bars;
mod charts;
mod check;
mod error;
mod files;
mod letters;
mod number;
mod page;
mod readme;
mod sessions_chart;
mod table;

pub use check::{check, write};
pub use error::RenderError;
pub use files::render;
pub use readme::readme_part;
