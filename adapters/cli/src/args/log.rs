use clap::ValueEnum;

/// What to log.
#[derive(Debug, clap::Args)]
pub(crate) struct LogArgs {
    /// Log on standard error how the command obtains tokens and sends requests, from this level on. No level shows a secret
    /// or a message of the libraries below, such as the HTTP library
    #[arg(long, env = "REDOX_LOG", value_enum, value_name = "LEVEL")]
    pub(crate) log: Option<LogLevel>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogLevel {
    /// Nothing yet
    Error,
    /// What went wrong
    Warn,
    /// And each new token
    Info,
    /// And each request to the API that is sent again
    Debug,
    /// Everything
    Trace,
}
