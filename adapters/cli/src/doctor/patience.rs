use core::time::Duration;
use std::io;

use tokio::time::timeout;

/// The result of `step`, or an error when it takes longer than [`PATIENCE`].
pub(super) async fn within<T>(step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let silence = |_| io::Error::other(format!("no data for {} s", PATIENCE.as_secs()));
    timeout(PATIENCE, step).await.map_err(silence)?
}

/// The longest wait for one step of the other side.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
