use redox_auth_core::StatusMeaning;

use super::shared::Tokens;
use crate::connections::host::{NoTurn, Turn};
use crate::connections::http::{Answer, Message};
use crate::error::Error;

/// The kind of connection for a token request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Connection {
    /// One from the pool.
    Any,
    /// A new one.
    New,
}

impl Connection {
    /// Whether the server asks for another connection, and the client has not used one yet.
    pub(super) fn is_not_the_servers_choice(self, answer: &Answer) -> bool {
        self == Self::Any && StatusMeaning::of(answer.status) == StatusMeaning::OtherConnection
    }
}

impl Tokens {
    /// Waits until the host may receive one more token request.
    pub(super) async fn turn(&self) -> Result<Turn<'_>, NoTurn> {
        let shared = &self.shared;
        shared.host.turn(shared.token_timeout, &shared.clock).await
    }

    /// Sends the token request of a turn, and records the pause that the host asks for.
    pub(super) async fn send(
        &self,
        message: Message,
        turn: Turn<'_>,
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
        shared.host.answered(turn, &answer);
        Ok(answer)
    }
}
