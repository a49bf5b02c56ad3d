use core::fmt;
use std::collections::HashSet;
use std::rc::Rc;

use redox_auth_core::Session;

use crate::credentials::KeyPool;
use crate::random::Random;
use crate::report::Tally;
use crate::trace::Trace;
use crate::world::World;
use crate::{Credentials, Report, Subject, Violation};

/// Makes the sessions of a run.
type Make = dyn Fn(Credentials) -> Box<dyn Subject>;

/// A run to come: scenario after scenario, each with its own server, accounts and devices.
pub struct Simulation {
    seed: u64,
    make: Box<Make>,
    keep_trace: bool,
}

impl Simulation {
    /// A run of redox-auth-core's sessions. Everything that happens in it comes from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::of(seed, |credentials| {
            Box::new(Session::<Credentials>::new(credentials))
        })
    }

    /// A run of other sessions, to see whether the rules would notice.
    #[must_use]
    pub fn of(seed: u64, make: impl Fn(Credentials) -> Box<dyn Subject> + 'static) -> Self {
        Self {
            seed,
            make: Box::new(make),
            keep_trace: false,
        }
    }

    /// Keeps the whole trace, not its digest and its end alone.
    #[must_use]
    pub const fn keep_trace(mut self) -> Self {
        self.keep_trace = true;
        self
    }

    /// Takes so many scenario steps.
    ///
    /// # Errors
    /// The first [`Violation`] of a rule.
    pub fn run(self, steps: usize) -> Result<Report, Violation> {
        let mut random = Random::new(self.seed);
        let mut run = Run {
            make: self.make,
            pool: Rc::new(KeyPool::new()),
            ids: HashSet::new(),
            tally: Tally::default(),
            trace: Trace::new(self.keep_trace),
        };
        while run.trace.steps < steps {
            let length = usize::try_from(random.between(200, 2_000)).unwrap_or(usize::MAX);
            let end = run.trace.steps.saturating_add(length).min(steps);
            run.tally.count("scenarios");
            let lived = World::new(&mut run, &mut random).and_then(|mut world| world.live(end));
            lived.map_err(|broken| Violation {
                rule: broken.rule,
                what: broken.what,
                seed: self.seed,
                step: run.trace.steps,
                trace: run.trace.end(),
            })?;
        }
        // A recovery under way at the end was seen through.
        let steps = run.trace.steps;
        let (digest, trace) = run.trace.finish();
        Ok(Report {
            seed: self.seed,
            steps,
            digest,
            tally: run.tally,
            trace,
        })
    }
}

impl fmt::Debug for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulation")
            .field("seed", &self.seed)
            .field("keep_trace", &self.keep_trace)
            .finish_non_exhaustive()
    }
}

/// What all scenarios of a run share.
pub(crate) struct Run {
    pub(crate) make: Box<Make>,
    pub(crate) pool: Rc<KeyPool>,
    /// Every `jti` of every client.
    pub(crate) ids: HashSet<String>,
    pub(crate) tally: Tally,
    pub(crate) trace: Trace,
}
