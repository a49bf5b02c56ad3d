//! The token endpoint by the rules of other servers.

mod answers;
mod certificates;
mod entries;
mod files;
mod fit;
mod inspection;
mod proofs;
mod redox;
mod refusals;
