use super::shared::Tokens;
use crate::connections::host::{NoTurn, Turn};
use crate::connections::http::{Answer, Message};
use crate::error::Error;

impl Tokens {
    /// Waits until the host may be sent one more token request.
    pub(super) async fn turn(&self) -> Result<Turn<'_>, NoTurn> {
        let shared = &self.shared;
        shared.host.turn(shared.token_timeout, &shared.clock).await
    }

    /// Sends the token request of a turn, and takes note of the pause that the host asks for.
    pub(super) async fn send(&self, message: Message, turn: Turn<'_>) -> Result<Answer, Error> {
        let shared = &self.shared;
        let sending = shared
            .connections
            .send(message, shared.token_timeout, &shared.clock);
        let answer = sending.await?;
        if let Some(pause) = answer.pause() {
            shared.host.pause(pause, &shared.clock);
        }
        shared.host.answered(turn, &answer);
        Ok(answer)
    }
}
