use core::fmt;

/// What must hold in every step.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Rule {
    /// No assertion is dated outside the server's window once the time at the server is known.
    Window,
    /// No `jti` is used twice.
    JwtId,
    /// No session has more than one request in flight.
    OneInFlight,
    /// No expired token is handed out.
    Expired,
    /// No token of another account is handed out.
    Foreign,
    /// No valid token is dropped, neither after a 401 to another request nor for any other reason.
    Dropped,
    /// No request is sent before its back-off slot has come.
    BackOff,
    /// No request is sent without need: only when `next` asks, and never for a fresh token.
    Unasked,
    /// `next` changes nothing, and keeps its word: there is nothing to do before the deadline that it gives.
    Pure,
    /// An answer that nobody waits for, and a record that is damaged, change nothing.
    Inert,
    /// After the end of all faults there is a token within two attempts.
    Recovery,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Window => "an assertion outside the server's window",
            Self::JwtId => "a jti used twice",
            Self::OneInFlight => "a second request in flight",
            Self::Expired => "an expired token handed out",
            Self::Foreign => "a token handed out that the server did not give",
            Self::Dropped => "a good token dropped",
            Self::BackOff => "a request before its slot",
            Self::Unasked => "a request without need",
            Self::Pure => "a question that changed something, or a broken word",
            Self::Inert => "an effect of what should have none",
            Self::Recovery => "no token after two attempts, with everything well",
        })
    }
}

/// A rule that was broken, and how to see it again.
#[derive(Clone, Debug)]
pub struct Violation {
    /// Which rule.
    pub rule: Rule,
    /// What happened.
    pub what: String,
    /// The seed of the run.
    pub seed: u64,
    /// The scenario step, from 1.
    pub step: usize,
    /// The last lines of the trace, or all of it if it was kept.
    pub trace: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.trace {
            writeln!(f, "{line}")?;
        }
        let Self {
            rule,
            what,
            seed,
            step,
            ..
        } = self;
        write!(f, "{rule}: {what} (seed {seed}, step {step})")
    }
}

impl core::error::Error for Violation {}

/// A rule that was broken, before it is known where.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) rule: Rule,
    pub(crate) what: String,
}

impl Broken {
    pub(crate) fn new(rule: Rule, what: impl Into<String>) -> Self {
        Self {
            rule,
            what: what.into(),
        }
    }
}
