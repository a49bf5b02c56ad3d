use crate::failure::Failure;

/// Starts to listen for a person or a service manager that ends the program.
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

/// Also listens for the end of the terminal that started the program, even under `nohup`: for changes that must not
/// stay half done.
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
    Failure::usage(format!("cannot wait for signals: {error}"))
}
