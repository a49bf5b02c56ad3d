use clap::ValueEnum;

/// What to log.
#[derive(Debug, clap::Args)]
pub(crate) struct LogArgs {
    /// Log on standard error how the command obtains tokens and sends requests, from this level up. No level
    /// logs a secret or a message of another library
    #[arg(long, env = "REDOX_LOG", value_enum, value_name = "LEVEL")]
    pub(crate) log: Option<LogLevel>,
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
