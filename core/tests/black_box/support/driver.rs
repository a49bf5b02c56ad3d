//! A session under test, with its clocks and its server.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use redox_auth_core::{
    Algorithm, Channel, Client, Identity, Instant, JwtId, LegacyKey, Next, Now, OAuthKey, Received,
    Region, Request, RequestError, Response, Server, Session, SignError, Signer, Ticket,
    TokenStorage, UnixTime,
};

/// A session, its clocks, and its answers.
pub(crate) struct Driver<I, S: TokenStorage = [u8; 1024]> {
    pub(crate) session: Session<I, S>,
    pub(crate) now: Now,
    /// The server's clock.
    pub(crate) server_time: UnixTime,
    random: u8,
}

impl<I: Identity<Signer = FakeSigner>, const N: usize> Driver<I, [u8; N]> {
    /// Both clocks are right.
    pub(crate) fn new(identity: I) -> Self {
        Self::with_session(Session::new(identity))
    }
}

impl<I: Identity<Signer = FakeSigner>, S: TokenStorage> Driver<I, S> {
    /// Both clocks are right.
    pub(crate) fn with_session(session: Session<I, S>) -> Self {
        Self {
            session,
            now: Now {
                instant: Instant::from_millis(5_000_000),
                unix: Some(START),
            },
            server_time: START,
            random: 0,
        }
    }

    /// Advances all clocks.
    pub(crate) fn pass_millis(&mut self, millis: u64) {
        let before = self.now.instant.as_millis();
        self.now.instant = self.now.instant.saturating_add_millis(millis);
        let secs = self.now.instant.as_millis() / 1_000 - before / 1_000;
        self.now.unix = self.now.unix.map(|unix| unix.saturating_add(secs));
        self.server_time = self.server_time.saturating_add(secs);
    }

    pub(crate) fn pass_secs(&mut self, secs: u64) {
        self.pass_millis(secs * 1_000);
    }

    /// Advances all clocks to the moment that the session names.
    pub(crate) fn pass_until_asked(&mut self) {
        let until = self.next().until().expect("there is nothing to wait for");
        self.pass_millis(until.as_millis() - self.now.instant.as_millis());
    }

    pub(crate) fn next(&self) -> Next<'_> {
        self.session.next(self.now.instant)
    }

    /// The token to use, as text.
    pub(crate) fn token(&self) -> Option<&str> {
        self.next().token().map(|token| token.expose())
    }

    pub(crate) fn jwt_id(&mut self) -> JwtId {
        self.random = self.random.wrapping_add(1);
        JwtId::from_random([self.random; 16])
    }

    /// Writes the request that is due, and returns its path and body.
    pub(crate) fn try_request(&mut self) -> Result<Sent, RequestError> {
        let jwt_id = self.jwt_id();
        let mut out = [0; 2_048];
        let request = self.session.request(self.now, jwt_id, &mut out)?;
        Ok(Sent::new(request))
    }

    pub(crate) fn request(&mut self) -> Sent {
        self.try_request().expect("a request is due")
    }

    /// Answers with a right `Date`, over an authenticated channel.
    pub(crate) fn receive(&mut self, ticket: Ticket, status: u16, body: &str) -> Kind {
        self.receive_with(ticket, status, body, |_| ())
    }

    /// The same with other headers.
    pub(crate) fn receive_with(
        &mut self,
        ticket: Ticket,
        status: u16,
        body: &str,
        change: impl FnOnce(&mut Response<'_>),
    ) -> Kind {
        let date = http_date(self.server_time);
        let mut body = body.as_bytes().to_vec();
        let mut response = Response::new(status, Channel::Authenticated, &mut body)
            .with_date(Some(date.as_bytes()));
        change(&mut response);
        Kind::of(self.session.receive(ticket, self.now, response))
    }

    /// Makes one request that is due, and answers it.
    pub(crate) fn exchange(&mut self, status: u16, body: &str) -> Kind {
        let sent = self.request();
        self.receive(sent.ticket, status, body)
    }
}

/// A request that was sent.
pub(crate) struct Sent {
    pub(crate) ticket: Ticket,
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: String,
}

impl Sent {
    fn new(request: Request<'_>) -> Self {
        Self {
            method: request.method.as_str(),
            url: format!("{}{}", request.url.as_str(), request.path),
            content_type: request.content_type,
            body: request.expose_body().to_owned(),
            ticket: request.ticket,
        }
    }

    /// A member of the header (0) or of the claims (1) of the assertion in the body.
    pub(crate) fn jwt(&self, part: usize, member: &str) -> serde_json::Value {
        use base64::Engine as _;
        let (_, assertion) = self
            .body
            .split_once("client_assertion=")
            .expect("an assertion");
        let part = assertion.split('.').nth(part).expect("a part");
        let json = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(part)
            .unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        json[member].clone()
    }
}

/// The kind of a received answer, without borrows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Token(Minted),
    Time,
    NoTime,
    Refused(redox_auth_core::Reason),
    Unusable(redox_auth_core::AnswerError),
    Stale,
}

/// The public fields of [`redox_auth_core::Minted`], without borrows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Minted {
    pub(crate) served_by: redox_auth_core::ServedBy,
    pub(crate) generation: redox_auth_core::Generation,
    pub(crate) changed: bool,
    pub(crate) lifetime_secs: u32,
    pub(crate) scope: Option<&'static str>,
}

impl Kind {
    fn of(received: Received<'_>) -> Self {
        match received {
            Received::Token(minted) => Self::Token(Minted {
                served_by: minted.served_by,
                generation: minted.generation,
                changed: minted.changed,
                lifetime_secs: minted.lifetime_secs,
                scope: minted.scope.map(|scope| &*scope.to_owned().leak()),
            }),
            Received::Time => Self::Time,
            Received::NoTime => Self::NoTime,
            Received::Refused(refusal) => Self::Refused(refusal.refused.reason),
            Received::Unusable(error) => Self::Unusable(error),
            Received::Stale => Self::Stale,
            other => panic!("an answer without a test: {other:?}"),
        }
    }

    pub(crate) fn is_token(self) -> bool {
        matches!(self, Self::Token(_))
    }
}

/// A signer whose signatures are zeros, because the session ignores them.
pub(crate) struct FakeSigner;

impl Signer for FakeSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        64
    }

    fn sign(&self, _: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        signature.fill(0);
        Ok(())
    }
}

/// Redox in the United States, with the OAuth API keys `key-0`, `key-1` and so on.
pub(crate) fn oauth(keys: usize) -> Client<'static, FakeSigner> {
    let keys: Vec<_> = (0..keys)
        .map(|index| {
            let key_id: &'static str = format!("key-{index}").leak();
            OAuthKey::new("client-1", key_id, &FakeSigner)
        })
        .collect();
    Client::new(Server::redox(Region::Us)).with_oauth_keys(keys.leak())
}

/// Redox in the United States, with a legacy API key.
pub(crate) fn legacy() -> Client<'static, FakeSigner> {
    Client::new(Server::redox(Region::Us)).with_legacy_key(LEGACY_KEY)
}

/// Both credentials.
pub(crate) fn migrating() -> Client<'static, FakeSigner> {
    oauth(1).with_legacy_key(LEGACY_KEY)
}

/// The answer to an OAuth API key.
pub(crate) fn token(token: &str, expires_in: u32) -> String {
    format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{expires_in}}}"#)
}

/// The answer to a legacy API key.
pub(crate) fn legacy_token(token: &str, expires_at: UnixTime, refresh_token: &str) -> String {
    let expires = timestamp(expires_at);
    format!(
        r#"{{"accessToken":"{token}","expires":"{expires:.3}","refreshToken":"{refresh_token}"}}"#
    )
}

/// A refusal in Redox's form.
pub(crate) fn refusal(description: &str) -> String {
    format!(r#"{{"error":"invalid_request","error_description":"{description}"}}"#)
}

pub(crate) fn http_date(time: UnixTime) -> String {
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&timestamp(time))
        .unwrap()
}

fn timestamp(time: UnixTime) -> jiff::Timestamp {
    jiff::Timestamp::from_second(time.as_secs().try_into().unwrap()).unwrap()
}

pub(crate) const START: UnixTime = UnixTime::from_secs(1_800_000_000);

pub(crate) const KEY_NOT_FOUND: &str =
    "Public key not found, check client_id, kid and Redox dashboard settings";

const LEGACY_KEY: LegacyKey<'static> = LegacyKey::new("legacy-1", "s3cret");
