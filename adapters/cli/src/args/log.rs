use clap::{ArgAction, ValueEnum};

/// What to say about the work.
#[derive(Debug, clap::Args)]
pub(crate) struct LogArgs {
    #[command(flatten)]
    pub(crate) verbose: VerboseArgs,
    /// Log on standard error how the command obtains tokens and sends requests, from this level up. No level
    /// logs a secret or a message of another library
    #[arg(long, env = "REDOX_LOG", value_enum, value_name = "LEVEL")]
    pub(crate) log: Option<LogLevel>,
}

impl LogArgs {
    /// Whether lines come on standard error at any time.
    pub(crate) fn is_talkative(&self) -> bool {
        self.log.is_some() || self.verbose.verbosity() != Verbosity::Quiet
    }
}

/// What to show of requests and answers.
#[derive(Debug, clap::Args)]
pub(crate) struct VerboseArgs {
    /// Show each request and each answer on standard error: method, URL, status, time, `Date`, request ID, and the reason
    /// that the sandbox gives. Twice: heads and bodies, with `[redacted]` for each secret. URLs and bodies may be about a
    /// patient
    #[arg(short, long, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

impl VerboseArgs {
    pub(crate) const fn verbosity(&self) -> Verbosity {
        match self.verbose {
            0 => Verbosity::Quiet,
            1 => Verbosity::Lines,
            _ => Verbosity::Everything,
        }
    }
}

/// How much to show of requests and answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verbosity {
    Quiet,
    /// A line or two for each.
    Lines,
    /// Heads and bodies.
    Everything,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogLevel {
    /// Errors; there are none of this level yet
    Error,
    /// Warnings
    Warn,
    /// Warnings and each new token
    Info,
    /// Also each request to the API that is sent again
    Debug,
    /// Everything
    Trace,
}
