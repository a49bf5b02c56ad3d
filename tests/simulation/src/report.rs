use core::fmt;
use std::collections::BTreeMap;

/// The number of occurrences of each event.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tally(BTreeMap<&'static str, u64>);

impl Tally {
    pub(crate) fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    /// How often this happened.
    #[must_use]
    pub fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }

    /// Everything that happened, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().map(|(what, often)| (*what, *often))
    }
}

/// A run in which every rule held in every step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// The number of steps of the scenarios.
    pub steps: usize,
    /// The SHA-256 of the trace.
    pub digest: [u8; 32],
    /// The number of occurrences of each event.
    pub tally: Tally,
    /// The trace itself, if it was kept.
    pub trace: Option<Vec<String>>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, often) in self.tally.iter() {
            writeln!(f, "{often:>9}  {what}")?;
        }
        write!(f, "seed {}, {} steps, trace ", self.seed, self.steps)?;
        for byte in self.digest {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}
