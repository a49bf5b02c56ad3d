use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::{AnswerError, Method, TokenReply, TokenRequest, TokenType};

use super::sending::Connection;
use super::shared::Tokens;
use super::token::{Details, Held, Token, not_granted};
use crate::connections::http::Message;
use crate::connections::way::Way;
use crate::error::Error;
use crate::error::answer_head::AnswerHead;
use crate::error::refused_answer::RefusedAnswer;
use crate::keys::key::Key;
use crate::written::written;

impl Tokens {
    /// See [`Redox::exchange`](crate::Redox::exchange).
    pub(crate) async fn exchange(&self, assertion: &str) -> Result<Token, Error> {
        let identity = self.identity();
        let server = identity.server();
        let url = server.token_url().as_str();
        let turn = self.turn().await.map_err(|no_turn| Error::NoToken {
            cause: Some(Arc::new(no_turn.error)),
            retry_in: no_turn.retry_in,
        })?;
        let message = Message {
            way: Way::to(server.token_url()),
            method: Method::Post,
            url: url.to_owned(),
            // Not before the turn, because a proof grows old.
            proof: self.proof(url, self.server_time()).await?,
            content_type: Some(TokenRequest::<Key>::CONTENT_TYPE),
            body: written(|out| identity.write_token_request(assertion, out))?,
        };
        let sent_at = self.now();
        let mut answer = self.send(message, turn, Connection::Any).await?;
        let nonce = self.remember_nonce(&answer);
        let head = AnswerHead::of(answer.status, &answer.headers, url, &[assertion]);
        let token_type = match self.prover() {
            Some(_) => TokenType::Dpop,
            None => TokenType::Bearer,
        };
        match TokenReply::parse_as(token_type, answer.status, &mut answer.body) {
            Ok(TokenReply::Token(token)) => {
                let lifetime_secs = token.lifetime_secs();
                let details = Details {
                    lifetime: Some(Duration::from_secs(lifetime_secs.into())),
                    scope: token.scope.map(str::to_owned),
                    not_granted: not_granted(&server, token.scope),
                    ..Details::default()
                };
                let expires_at = sent_at.saturating_add_secs(lifetime_secs);
                let token = token.access_token.expose();
                let held = Held::new(token, token_type, None, details, expires_at);
                Ok(Token::from(Arc::new(held)))
            }
            Ok(TokenReply::Refusal(refusal)) => {
                if refusal.asks_for_dpop_nonce() {
                    nonce?;
                }
                Err(RefusedAnswer::new(&refusal, &[assertion], &server, head, None).into())
            }
            Err(error) => {
                Err(Error::Answer(AnswerError::Parse(error)).with_answer(&head, &answer.body))
            }
        }
    }
}
