//! The results of a run of the benches: `benches/results.json`, from which all pages are made.

mod spread;

use redox_auth_contender::Class;
use serde::{Deserialize, Serialize};

/// One run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Results {
    /// The commit that was measured.
    pub commit: String,
    /// The day, as in `2026-11-25`.
    pub date: String,
    /// Where.
    pub machine: Machine,
    /// How often every contender of a group had its turn.
    pub rounds: usize,
    /// How long a turn is, in milliseconds.
    pub turn_millis: u64,
    /// Those that are compared.
    pub groups: Vec<Group>,
    /// The targets, and the results.
    pub targets: Vec<Target>,
}

/// The machine and the programs of a run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Machine {
    /// The processor, by its own name.
    pub processor: String,
    /// The number of cores that the benches may use.
    pub cores: usize,
    /// The operating system.
    pub system: String,
    /// What compiled, linked and ran the contenders: `rustc 1.95.0 …`, `Node.js 20.20.2`, and so on.
    pub tools: Vec<String>,
}

/// Contenders that do the same work.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Group {
    /// The work.
    pub name: String,
    /// The kind of work, which decides its table and chart.
    pub kind: Kind,
    /// The contenders, ours first.
    pub rows: Vec<Row>,
    /// Who could not be measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<Absent>,
}

/// A contender that could not be measured.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Absent {
    /// Who.
    pub name: String,
    /// Why not.
    pub why: String,
}

/// Kinds of work.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Whole assertions, and signatures alone.
    Signing,
    /// Calls of core and of adapters that do no I/O.
    Call,
    /// Requests to a server.
    Exchange,
    /// Many sessions in one process.
    Sessions,
    /// Signing for many keys at once.
    Batch,
    /// A client for each of many tenants.
    Tenants,
}

/// One contender.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Row {
    /// Who.
    pub name: String,
    /// Its release.
    pub version: String,
    /// What computes the signatures.
    pub backend: String,
    /// The kind of that.
    pub class: Class,
    /// Whether it makes only the signature.
    pub bare: bool,
    /// How the library is called.
    pub how: String,
    /// The arguments of `cargo xtask bench` that measure this row, and the one that it is compared with, alone.
    pub again: String,
    /// The time of one, in nanoseconds, on one thread.
    pub nanos: Spread,
    /// How many a second all cores make together, with a process on each.
    pub all_cores_per_second: Option<f64>,
    /// Its time as a multiple of ours of the same class, round by round; absent for ours.
    pub beside_ours: Option<Spread>,
    /// The instructions of one, counted by callgrind, if it computes no signature.
    pub instructions: Option<u64>,
    /// The allocations of one.
    pub allocations: Option<u64>,
    /// The memory that each one holds, in bytes, of what Rust code has allocated.
    pub bytes_each: Option<u64>,
    /// The resident memory of the process for each one, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resident_each: Option<u64>,
}

impl Row {
    /// Whether it is of this project, and not a signature alone.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        is_ours(&self.name, self.bare)
    }
}

/// Whether a contender of this name is `redox-auth`, or a way to call it, as in `redox-auth, when due`.
pub(crate) fn is_ours(name: &str, bare: bool) -> bool {
    !bare && name.split(',').next() == Some("redox-auth")
}

/// The middle of many figures, and between what the middle half of them lies.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Spread {
    /// A quarter is less.
    pub low: f64,
    /// Half is less.
    pub median: f64,
    /// Three quarters are less.
    pub high: f64,
}

/// Something that has to come out, and what did.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Target {
    /// What is asked for.
    pub what: String,
    /// The bound, with its direction, such as `at least 0.97`.
    pub must_be: String,
    /// The result, as text.
    pub found: String,
    /// Whether that is within the bound.
    pub met: bool,
    /// Why not, as far as the figures tell; empty where it is.
    pub why: String,
}
