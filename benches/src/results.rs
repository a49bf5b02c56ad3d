//! What a run of the benches found: `benches/results.json`, from which everything that people read is made.

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
    /// What had to come out, and what did.
    pub targets: Vec<Target>,
}

/// Where a run took place, and with what.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Machine {
    /// The processor, by its own name.
    pub processor: String,
    /// How many of its cores there are for us.
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
    /// What kind of work it is, and with that in which table and chart it stands.
    pub kind: Kind,
    /// Who does it, ours first.
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
    /// Whether it makes nothing but the signature.
    pub bare: bool,
    /// How it is called.
    pub how: String,
    /// The arguments of `cargo xtask bench` that measure this row, and the one that it is compared with, alone.
    pub again: String,
    /// How long one takes, in nanoseconds, on one thread.
    pub nanos: Spread,
    /// How many a second all cores make together, with a process on each.
    pub all_cores_per_second: Option<f64>,
    /// How many times as long as ours of the same class it takes, round by round; absent for ours.
    pub beside_ours: Option<Spread>,
    /// How many instructions one takes, by callgrind, where it computes no signature.
    pub instructions: Option<u64>,
    /// How many times one asks for memory.
    pub allocations: Option<u64>,
    /// The memory that each one holds, in bytes, of what Rust code has allocated.
    pub bytes_each: Option<u64>,
    /// What the process takes for each one of the machine's memory, in bytes.
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
    /// What came out, as it is to be read.
    pub found: String,
    /// Whether that is within the bound.
    pub met: bool,
    /// Why not, as far as the figures tell; empty where it is.
    pub why: String,
}
