//! Private keys as other programs write them, and the errors for all other content.

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod files;
#[cfg(test)]
mod table;
