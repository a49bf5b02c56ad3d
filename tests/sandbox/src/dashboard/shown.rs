//! Exchanges for people and programs: decoded, judged, and without secrets.

mod body;
mod checks;
mod curl;
mod detail;
mod filter;
mod har;
mod kind;
mod mask;
mod summary;

pub(super) use curl::curl;
pub(super) use detail::detail;
pub(super) use filter::Filter;
pub(super) use har::har;
pub(crate) use mask::Mask;
pub(super) use mask::token_tag;
pub(super) use summary::summary;
