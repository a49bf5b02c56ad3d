//! The pages of the project: their examples in Rust as tests, and the blocks of code in them.
#![cfg_attr(doctest, doc = include_str!("../../../README.md"))]

#[path = "../../../adapters/cli/src/arguments/blocks.rs"]
mod blocks;

pub use blocks::{Block, Page, pages};
