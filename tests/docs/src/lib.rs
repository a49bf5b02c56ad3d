//! The examples of the project's README, as tests.
#![cfg_attr(doctest, doc = include_str!("../../../README.md"))]
