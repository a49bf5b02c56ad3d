use redox_auth_core::StatusMeaning;
use tokio::sync::SemaphorePermit;

use super::shared::Tokens;
use crate::connections::host::NoTurn;
use crate::connections::http::{Answer, Message};
use crate::error::Error;

/// The connection for a token request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Connection {
    /// One of the pool's.
    Any,
    /// A new one.
    New,
}

impl Connection {
    /// Whether the server wants the request on another connection, and did not have it there yet.
    pub(super) fn is_not_the_servers_choice(self, answer: &Answer) -> bool {
        self == Self::Any && StatusMeaning::of(answer.status) == StatusMeaning::OtherConnection
    }
}

impl Tokens {
    /// Waits until the host may be sent one more token request.
    pub(super) async fn turn(&self) -> Result<SemaphorePermit<'_>, NoTurn> {
        let shared = &self.shared;
        shared.host.turn(shared.token_timeout, &shared.clock).await
    }

    /// Sends a token request, and takes note of the pause that the host asks for.
    pub(super) async fn send(
        &self,
        message: Message,
        connection: Connection,
    ) -> Result<Answer, Error> {
        let shared = &self.shared;
        let (connections, timeout, clock) =
            (&shared.connections, shared.token_timeout, &shared.clock);
        let answer = match connection {
            Connection::Any => connections.send(message, timeout, clock).await,
            Connection::New => connections.send_elsewhere(message, timeout, clock).await,
        }?;
        if let Some(pause) = answer.pause() {
            shared.host.pause(pause, &shared.clock);
        }
        Ok(answer)
    }
}
