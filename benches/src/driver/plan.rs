use core::time::Duration;

use crate::results::{Absent, Kind};

/// What is to be measured, and how long.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The contenders, each with the kind of what it does, its words separated by spaces.
    pub programs: Vec<(Kind, String)>,
    /// The program that counts allocations, and the bytes of sessions.
    pub allocations: Option<String>,
    /// How often every contender of a group has its turn.
    pub rounds: usize,
    /// How long a turn is.
    pub turn: Duration,
    /// Whether callgrind counts the instructions of every contender, or of one in each group.
    pub counts_all: bool,
    /// Only this group, or all groups of this kind.
    pub group: Option<String>,
    /// Only these beside ours; all if the list is empty.
    pub names: Vec<String>,
    /// Those that could not be started, each with the kind of what it does.
    pub absent: Vec<(Kind, Absent)>,
}

impl Plan {
    /// Whether this group is planned.
    pub(super) fn takes_group(&self, group: &str, kind: Kind) -> bool {
        self.group.as_ref().is_none_or(|only| {
            let kinds = serde_json::from_value(only.as_str().into());
            only == group || kinds.is_ok_and(|only: Kind| only == kind)
        })
    }

    /// Whether a contender of this name is planned; `huskarl` plans `huskarl, HTTP client shared`, too.
    pub(super) fn takes_name(&self, name: &str) -> bool {
        let base = name.split(',').next();
        let is_it = |only: &String| only == name || Some(only.as_str()) == base;
        self.names.is_empty() || self.names.iter().any(is_it)
    }

    /// Those of this kind that are planned and could not be started.
    pub(super) fn absent(&self, kind: Kind) -> Vec<Absent> {
        let absent = self.absent.iter().filter(|(of, _)| *of == kind);
        let absent = absent.map(|(_, absent)| absent.clone());
        absent.filter(|it| self.takes_name(&it.name)).collect()
    }

    /// The rounds of a group, and how long a turn is.
    pub(super) fn rounds(&self, kind: Kind) -> (usize, Duration) {
        match kind {
            // A core that was asleep may take milliseconds to wake.
            Kind::Batch => (
                self.rounds.div_ceil(FEWER_ROUNDS),
                self.turn.saturating_mul(LONGER_TURN),
            ),
            // A turn is as long as a process takes.
            Kind::Tenants => (self.rounds.div_ceil(FEWER_PROCESSES), self.turn),
            _ => (self.rounds, self.turn),
        }
    }
}

/// For works with long turns: the divisor of the rounds, and the factor of the turns.
const FEWER_ROUNDS: usize = 5;
const LONGER_TURN: u32 = 20;

/// The divisor of the rounds of works that have processes of their own.
const FEWER_PROCESSES: usize = 20;
