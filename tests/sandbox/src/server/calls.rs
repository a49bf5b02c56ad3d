use http::StatusCode;

use super::Server;
use crate::{CallError, Challenge, Customer, Verb, calls};

/// Requests from Redox to a customer.
impl Server {
    /// Asks a customer, as Redox does when a destination is set up, to echo a random challenge.
    ///
    /// With `POST` the token and the challenge are in a JSON body, with `GET` in the query.
    ///
    /// # Errors
    /// [`CallError::NoAnswer`]. An answer that does not echo the challenge is no error: see [`Challenge::is_verified`].
    pub async fn challenge(&self, customer: &Customer, verb: Verb) -> Result<Challenge, CallError> {
        let (challenge, _) = calls::challenge(&self.shared, customer, verb).await?;
        Ok(challenge)
    }

    /// Sends a message to a customer with the verification token in both headers, and returns the status of the answer.
    /// For Redox, 2xx means received.
    ///
    /// # Errors
    /// [`CallError::NoAnswer`].
    pub async fn deliver(
        &self,
        customer: &Customer,
        message: impl Into<Vec<u8>>,
    ) -> Result<StatusCode, CallError> {
        let answer = calls::deliver(&self.shared, customer, message).await?;
        Ok(answer.status())
    }
}
