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

fn cannot_wait(error: &std::io::Error) -> Failure {
    Failure::usage(format!("cannot wait for the end: {error}"))
}
