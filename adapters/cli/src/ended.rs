use crate::failure::Failure;

/// Listens from now on for a person or a service manager that ends the program.
pub(crate) fn ended() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    #[cfg(unix)]
    let (mut terminate, mut interrupt) = {
        use tokio::signal::unix::{SignalKind, signal};

        let listen = |kind| signal(kind).map_err(|error| cannot_wait(&error));
        (
            listen(SignalKind::terminate())?,
            listen(SignalKind::interrupt())?,
        )
    };
    #[cfg(windows)]
    let mut interrupt = tokio::signal::windows::ctrl_c().map_err(|error| cannot_wait(&error))?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        #[cfg(windows)]
        interrupt.recv().await;
    })
}

/// The same, or for the end of the terminal that the program was started from, also if `nohup` started it: for what must
/// not be left half done.
pub(crate) fn ended_or_left() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let ended = ended()?;
    #[cfg(unix)]
    let mut left = {
        use tokio::signal::unix::{SignalKind, signal};

        signal(SignalKind::hangup()).map_err(|error| cannot_wait(&error))?
    };
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            () = ended => {}
            _ = left.recv() => {}
        }
        #[cfg(not(unix))]
        ended.await;
    })
}

fn cannot_wait(error: &std::io::Error) -> Failure {
    Failure::usage(format!("cannot wait for the end: {error}"))
}
