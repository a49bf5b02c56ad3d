use core::time::Duration;
use std::io;

use tokio::time::timeout;

/// The result of `step`, or an error when it takes longer than [`PATIENCE`].
pub(super) async fn within<T>(step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let silence = |_| io::Error::other(format!("nothing for {} s", PATIENCE.as_secs()));
    timeout(PATIENCE, step).await.map_err(silence)?
}

/// How long the other side may take for one step.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
