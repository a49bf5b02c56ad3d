use core::pin::Pin;

use crate::ended::ended_or_left;
use crate::failure::Failure;

/// Interruptions of the program. While this value exists, a signal does not end the program by itself.
pub(super) struct Interruption(Pin<Box<dyn Future<Output = ()>>>);

impl Interruption {
    pub(super) fn listen() -> Result<Self, Failure> {
        Ok(Self(Box::pin(ended_or_left()?)))
    }

    /// Waits for a step that an interruption may cancel at any point. Does not begin the step after an interruption.
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
