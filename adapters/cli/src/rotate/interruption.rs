use core::pin::Pin;

use crate::ended::ended_or_left;
use crate::failure::Failure;

/// Somebody who may end the program. From when this is made a signal no longer does.
pub(super) struct Interruption(Pin<Box<dyn Future<Output = ()>>>);

impl Interruption {
    pub(super) fn listen() -> Result<Self, Failure> {
        Ok(Self(Box::pin(ended_or_left()?)))
    }

    /// Waits for a step that may be broken off at any point. It is not begun after an interruption.
    pub(super) async fn or<T>(
        &mut self,
        step: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = &mut self.0 => Err(Failure::interrupted()),
            result = step => result,
        }
    }
}
