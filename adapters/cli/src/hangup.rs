use crate::failure::Failure;

/// Hangups (SIGHUP), which ask the command to read files again. Only Unix has them.
pub(crate) struct Hangups {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
    /// Standard input was a terminal at the start.
    #[cfg(unix)]
    has_terminal: bool,
}

impl Hangups {
    /// Starts to listen.
    pub(crate) fn listen() -> Result<Self, Failure> {
        #[cfg(unix)]
        {
            use std::io::{IsTerminal as _, stdin};
            use tokio::signal::unix::{SignalKind, signal};

            let failed = |error| Failure::usage(format!("cannot wait for hangups: {error}"));
            Ok(Self {
                signal: signal(SignalKind::hangup()).map_err(failed)?,
                has_terminal: stdin().is_terminal(),
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Calls `read` for each hangup. Ends when the terminal of the command has closed.
    pub(crate) async fn each(mut self, read: impl AsyncFn()) {
        while self.next().await {
            read().await;
        }
    }

    /// Waits for the next hangup; `false` when the terminal has closed.
    #[cfg(unix)]
    async fn next(&mut self) -> bool {
        use std::io::{IsTerminal as _, stdin};

        let _ = self.signal.recv().await;
        // Standard input is no terminal any more when the terminal has closed.
        !self.has_terminal || stdin().is_terminal()
    }

    #[cfg(not(unix))]
    async fn next(&mut self) -> bool {
        core::future::pending().await
    }
}
