use clap::{ArgAction, ValueEnum};

/// What to log.
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
    /// Whether the command may write lines to standard error at any time.
    pub(crate) fn is_talkative(&self) -> bool {
        self.log.is_some() || self.verbose.verbosity() != Verbosity::Quiet
    }
}

/// What to show of requests and answers.
#[derive(Debug, clap::Args)]
pub(crate) struct VerboseArgs {
    /// Show each request and each answer on standard error: method, URL, status, time, `Date`, request ID, and the reason
    /// that the sandbox gives. Give it twice to show heads and bodies, with `[redacted]` for each secret. URLs and
    /// bodies may contain data of patients
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
    /// One or two lines for each.
    Lines,
    /// Heads and bodies.
    Everything,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogLevel {
    /// Errors; no line has this level yet
    Error,
    /// Warnings
    Warn,
    /// Warnings and each new token
    Info,
    /// Also each retry of a request to the API
    Debug,
    /// Everything
    Trace,
}
