use redox_auth_core::{Api, BlockingSigner, Client, OAuthKey, Server, Session, SigningKey};
use redox_auth_gateway::{AsyncConnect, Buffers, Bytes, Connect, Gateway, Request};

use crate::{Host, Sandbox};

/// What a client of a [`Sandbox`] is.
pub struct Credential {
    key: BlockingSigner<SigningKey>,
    key_id: String,
    client_id: String,
    base_url: String,
    token_url: String,
    audience: String,
}

impl Credential {
    /// The client that the sandbox registered.
    ///
    /// # Panics
    /// When its key cannot be read.
    #[must_use]
    pub fn of(sandbox: &Sandbox) -> Self {
        Self::at(sandbox, sandbox.base_url())
    }

    /// The same, where a proxy at this URL stands before the sandbox.
    ///
    /// # Panics
    /// When its key cannot be read.
    #[must_use]
    pub fn at(sandbox: &Sandbox, base_url: &str) -> Self {
        let key = SigningKey::parse(&sandbox.private_key()).expect("the sandbox writes a key");
        let key_id = key.public_key().thumbprint().as_str().into();
        Self {
            key: BlockingSigner(key),
            key_id,
            client_id: sandbox.variable("REDOX_CLIENT_ID").into(),
            base_url: base_url.into(),
            token_url: format!("{base_url}/v2/auth/token"),
            audience: format!("{}/v2/auth/token", sandbox.base_url()),
        }
    }

    fn server(&self) -> Server<'_> {
        let server = Server::new(&self.base_url, &self.token_url);
        server
            .expect("the sandbox has a URL")
            .with_audience(&self.audience)
    }

    /// Its key, for calls that wait.
    #[must_use]
    pub fn key(&self) -> OAuthKey<'_, SigningKey> {
        OAuthKey::new(&self.client_id, &self.key_id, &self.key.0)
    }

    /// Its key, for calls that are awaited.
    #[must_use]
    pub fn awaited_key(&self) -> OAuthKey<'_, BlockingSigner<SigningKey>> {
        OAuthKey::with_async_signer(&self.client_id, &self.key_id, &self.key)
    }

    /// A session with one of these keys.
    pub fn session<'k, K>(&'k self, keys: &'k [OAuthKey<'k, K>]) -> Session<Client<'k, K>> {
        Session::new(Client::new(self.server()).with_oauth_keys(keys))
    }
}

/// Sends three messages over two connections of this connector, with one token, and gives the connector back.
///
/// # Panics
/// When a message is not accepted, or takes another token.
pub fn deliver<C: Connect>(sandbox: &Sandbox, connector: C) {
    deliver_at(sandbox, sandbox.base_url(), connector);
}

/// As [`deliver`], through a proxy at this URL.
///
/// # Panics
/// As there.
pub fn deliver_at<C: Connect>(sandbox: &Sandbox, base_url: &str, connector: C) {
    let credential = Credential::at(sandbox, base_url);
    let keys = [credential.key()];
    let (mut wire, mut token) = ([0; 2048], [0; 2048]);
    let buffers = Buffers {
        wire: &mut wire,
        token: &mut token,
    };
    let mut gateway = Gateway::new(credential.session(&keys), Host::new(), connector, buffers);
    let message = sandbox.message();
    for round in 1..=3 {
        let mut body = [0; 4096];
        let mut answer = gateway
            .send(request(&message))
            .expect("the message is sent");
        let status = answer.status();
        let answered = answer.read_all(&mut body).expect("the answer is whole");
        assert_eq!(
            status,
            200,
            "{round}: {}",
            String::from_utf8_lossy(answered)
        );
        drop(answer);
        if round == 2 {
            gateway.disconnect();
        }
    }
    assert_eq!(gateway.session().counters().oauth_tokens, 1);
}

/// As [`deliver`], awaited.
///
/// # Panics
/// As there.
pub async fn deliver_async<C: AsyncConnect>(sandbox: &Sandbox, connector: C) {
    deliver_async_at(sandbox, sandbox.base_url(), connector).await;
}

/// As [`deliver_at`], awaited.
///
/// # Panics
/// As there.
pub async fn deliver_async_at<C: AsyncConnect>(sandbox: &Sandbox, base_url: &str, connector: C) {
    let credential = Credential::at(sandbox, base_url);
    let keys = [credential.awaited_key()];
    let (mut wire, mut token) = ([0; 2048], [0; 2048]);
    let buffers = Buffers {
        wire: &mut wire,
        token: &mut token,
    };
    let mut gateway = Gateway::new(credential.session(&keys), Host::new(), connector, buffers);
    let message = sandbox.message();
    for round in 1..=3 {
        let mut body = [0; 4096];
        let answer = gateway.send_async(request(&message)).await;
        let mut answer = answer.expect("the message is sent");
        let status = answer.status();
        let answered = answer.read_all_async(&mut body).await;
        let answered = answered.expect("the answer is whole");
        assert_eq!(
            status,
            200,
            "{round}: {}",
            String::from_utf8_lossy(answered)
        );
        drop(answer);
        if round == 2 {
            gateway.disconnect();
        }
    }
    assert_eq!(gateway.session().counters().oauth_tokens, 1);
}

fn request(message: &str) -> Request<'_, Bytes<'_>> {
    Request::post(Api::DataModel, "/endpoint")
        .content_type("application/json")
        .body(message.as_bytes())
}
