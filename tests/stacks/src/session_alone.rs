use core::error::Error;

use redox_auth_core::{Api, Channel, JwtId, Method, Next, Received, Response};
use redox_auth_gateway::Device as _;

use crate::{Credential, Host, Sandbox};

/// HTTP that is not the gateway's: that of reqwless, or of a modem's firmware.
#[expect(async_fn_in_trait, reason = "its futures stay on one thread")]
pub trait HttpPost {
    /// Sends a request and brings the whole answer.
    ///
    /// # Errors
    /// When there is no answer.
    async fn exchange(
        &mut self,
        method: Method,
        url: &str,
        content_type: &str,
        authorization: Option<&str>,
        body: &[u8],
    ) -> Result<Answered, Box<dyn Error>>;
}

/// An answer, as far as a session looks at it.
#[derive(Debug, Default)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The header `Date`.
    pub date: Option<Vec<u8>>,
    /// The header `Retry-After`.
    pub retry_after: Option<Vec<u8>>,
    /// The whole body.
    pub body: Vec<u8>,
}

/// Gets a token by core's session and posts a message with it. Gives back the status that the message got.
///
/// # Errors
/// When there is no token, or no answer.
pub async fn post_message(
    sandbox: &Sandbox,
    http: &mut impl HttpPost,
) -> Result<u16, Box<dyn Error>> {
    let credential = Credential::of(sandbox);
    let keys = [credential.key()];
    let mut session = credential.session(&keys);
    let mut host = Host::new();
    loop {
        let now = host.now();
        match session.next(now.instant) {
            Next::Use { .. } | Next::Renew { .. } => break,
            Next::Fetch => {}
            other => return Err(format!("no token: {other:?}").into()),
        }
        let id = JwtId::from_random(host.random().ok_or("no random bytes")?);
        let mut buffer = [0; 4096];
        let request = session.request(now, id, &mut buffer)?;
        let url = format!("{}{}", request.url.as_str(), request.path);
        let content_type = request.content_type.unwrap_or_default();
        let body = request.expose_body().as_bytes();
        let answered = http
            .exchange(request.method, &url, content_type, None, body)
            .await;
        let ticket = request.ticket;
        let now = host.now();
        let Ok(mut answered) = answered else {
            session.failed(ticket, now.instant);
            continue;
        };
        // The sandbox is on loopback. Elsewhere: only if TLS verified the server.
        let channel = Channel::Authenticated;
        let response = Response::new(answered.status, channel, &mut answered.body)
            .with_date(answered.date.as_deref())
            .with_retry_after(answered.retry_after.as_deref());
        if let Received::Refused(refused) = session.receive(ticket, now, response) {
            return Err(format!("refused: {refused:?}").into());
        }
    }
    let url = format!("{}/endpoint", sandbox.base_url());
    let authorized = session.authorize(host.now().instant, Api::DataModel, &url)?;
    let authorization = format!("Bearer {}", authorized.expose_token().expose());
    let message = sandbox.message();
    let answered = http
        .exchange(
            Method::Post,
            &url,
            "application/json",
            Some(&authorization),
            message.as_bytes(),
        )
        .await?;
    Ok(answered.status)
}
