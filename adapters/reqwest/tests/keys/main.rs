//! Private keys as other programs write them, and what is said of everything else.

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod files;
#[cfg(test)]
mod table;
