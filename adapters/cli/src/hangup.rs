use crate::failure::Failure;

/// Hangups (SIGHUP), which ask for files to be read again, where the system has them.
pub(crate) struct Hangups {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
    /// The command was started from a terminal that takes input.
    #[cfg(unix)]
    has_terminal: bool,
}

impl Hangups {
    /// Listens from now on.
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

    /// Calls `read` for each. Ends when the terminal has gone away that the command was started from.
    pub(crate) async fn each(mut self, read: impl AsyncFn()) {
        while self.next().await {
            read().await;
        }
    }

    /// Waits for the next; `false` when it is the end of the terminal.
    #[cfg(unix)]
    async fn next(&mut self) -> bool {
        use std::io::{IsTerminal as _, stdin};

        let _ = self.signal.recv().await;
        // A terminal that is gone is none any more.
        !self.has_terminal || stdin().is_terminal()
    }

    #[cfg(not(unix))]
    async fn next(&mut self) -> bool {
        core::future::pending().await
    }
}
