use core::fmt;
use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use bytes::Bytes;
use redox_auth_core::{
    Assertion, JwtId, JwtType, LEGACY_AUTHENTICATE_PATH, LEGACY_REFRESH_PATH, LegacyKey,
    LegacyTokenReply, OAuthKey, TokenReply, TokenRequest, UnixTime, WriteError,
    write_token_request,
};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use zeroize::Zeroizing;

use crate::builder::{BuildError, Builder};
use crate::token::{Lifetime, Token};
use crate::{Endpoint, Error, Key, RefusedAnswer, SentNames};

/// A client of Redox, or of another SMART Backend Services server, with one credential.
///
/// Made once by [`Redox::builder`]; it holds the connections.
pub struct Redox {
    pub(crate) token_http: reqwest::Client,
    pub(crate) api_http: reqwest::Client,
    pub(crate) base_url: Endpoint,
    pub(crate) token_url: Endpoint,
    pub(crate) audience: String,
    pub(crate) typ: JwtType,
    pub(crate) scope: Option<String>,
    pub(crate) source_id: Option<HeaderValue>,
    pub(crate) credential: Credential,
}

impl Redox {
    /// Begins a client; see [`Builder`] for what can be said.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The URL of the token endpoint.
    #[must_use]
    pub const fn token_url(&self) -> &Endpoint {
        &self.token_url
    }

    /// Gets a new token: one request, with a new assertion or the legacy key's secret.
    ///
    /// # Errors
    /// [`Error::Refused`] with the server's words; [`Error::Answer`] and [`Error::AnswerTooLong`] for an answer that is
    /// none; [`Error::Transport`]; [`Error::WrongCredential`] without a key. Nothing is sent again.
    pub async fn token(&self) -> Result<Token, Error> {
        if let Ok(key) = self.legacy_key() {
            let body = written(|out| key.write_authenticate(out))?;
            return self.post_legacy(LEGACY_AUTHENTICATE_PATH, body).await;
        }
        let key = self.oauth_key()?;
        let (jwt_id, now) = (jwt_id()?, now()?);
        let scope = self.scope.as_deref().unwrap_or("");
        let body = written(|out| {
            TokenRequest::new(self.unsigned(&key, &jwt_id, now))
                .scope(scope)
                .write(out)
        })?;
        let sent = SentNames {
            client_id: key.client_id().to_owned(),
            key_id: key.key_id().to_owned(),
            algorithm: key.signer().algorithm(),
            audience: self.audience.clone(),
        };
        self.post_token_request(body, Some(sent)).await
    }

    /// Exchanges an assertion that was signed before, here or elsewhere, for a token.
    ///
    /// # Errors
    /// As [`Redox::token`].
    pub async fn exchange(&self, assertion: &str) -> Result<Token, Error> {
        let body = written(|out| write_token_request(assertion, self.scope.as_deref(), out))?;
        self.post_token_request(body, None).await
    }

    /// Gets a new token for a legacy API key with the refresh token that came with `token`.
    ///
    /// # Errors
    /// As [`Redox::token`]; [`Error::WrongCredential`] where there is no legacy key or no refresh token.
    pub async fn refresh(&self, token: &Token) -> Result<Token, Error> {
        let key = self.legacy_key()?;
        let refresh_token = token.refresh_token.as_ref().ok_or(NO_LEGACY_KEY)?;
        let body = written(|out| key.write_refresh(refresh_token, out))?;
        self.post_legacy(LEGACY_REFRESH_PATH, body).await
    }

    /// Signs an assertion as if `now` were the time: to look at, or to exchange later.
    ///
    /// # Errors
    /// [`Error::Write`], [`Error::Random`], and [`Error::WrongCredential`] without an OAuth API key.
    pub fn assertion(&self, now: UnixTime) -> Result<Zeroizing<String>, Error> {
        let key = self.oauth_key()?;
        let jwt_id = jwt_id()?;
        let written = written(|out| self.unsigned(&key, &jwt_id, now).write(out))?;
        Ok(Zeroizing::new(
            String::from_utf8_lossy(&written).into_owned(),
        ))
    }

    /// A request to the API, authorized with `token`: `path` follows the base URL and begins with a slash.
    ///
    /// # Errors
    /// [`Error::Endpoint`] when `path` would lead out of the base URL.
    pub fn request(
        &self,
        token: &Token,
        method: Method,
        path: &str,
    ) -> Result<RequestBuilder, Error> {
        let url = self.base_url.join(path)?;
        let mut request = self
            .api_http
            .request(method, url)
            .bearer_auth(token.expose());
        if let Some(source_id) = &self.source_id {
            request = request.header(SOURCE_ID, source_id);
        }
        Ok(request)
    }

    fn unsigned<'a>(
        &'a self,
        key: &OAuthKey<'a, Key>,
        jwt_id: &'a JwtId,
        now: UnixTime,
    ) -> Assertion<'a, Key> {
        key.assertion(&self.audience, jwt_id, now).typ(self.typ)
    }

    fn oauth_key(&self) -> Result<OAuthKey<'_, Key>, Error> {
        match &self.credential {
            Credential::OAuth { client_id, key } => Ok(OAuthKey::new(client_id, key.key_id(), key)),
            _ => Err(Error::WrongCredential {
                expected: "an OAuth API key",
            }),
        }
    }

    fn legacy_key(&self) -> Result<LegacyKey<'_>, Error> {
        match &self.credential {
            Credential::Legacy { api_key, secret } => Ok(LegacyKey::new(api_key, secret)),
            _ => Err(NO_LEGACY_KEY),
        }
    }

    async fn post_token_request(
        &self,
        body: Zeroizing<Vec<u8>>,
        sent: Option<SentNames>,
    ) -> Result<Token, Error> {
        let request = self
            .token_http
            .post(self.token_url.as_url().clone())
            .header(CONTENT_TYPE, TokenRequest::<Key>::CONTENT_TYPE);
        let (status, mut answer) = send(request, body).await?;
        match TokenReply::parse(status, &mut answer).map_err(Error::Answer)? {
            TokenReply::Token(token) => Ok(Token::new(
                token.access_token,
                Lifetime::For(Duration::from_secs(token.lifetime_secs().into())),
                token.scope,
                None,
            )),
            TokenReply::Refusal(refusal) => Err(RefusedAnswer::new(&refusal, sent).into()),
        }
    }

    async fn post_legacy(&self, path: &str, body: Zeroizing<Vec<u8>>) -> Result<Token, Error> {
        let url = self.base_url.join(path)?;
        let request = self
            .api_http
            .post(url)
            .header(CONTENT_TYPE, LegacyKey::CONTENT_TYPE);
        let (status, mut answer) = send(request, body).await?;
        match LegacyTokenReply::parse(status, &mut answer).map_err(Error::Answer)? {
            LegacyTokenReply::Token(token) => Ok(Token::new(
                token.access_token,
                Lifetime::Until(system_time(token.expires_at)?),
                None,
                token.expose_refresh_token(),
            )),
            LegacyTokenReply::Refusal(refusal) => Err(RefusedAnswer::new(&refusal, None).into()),
        }
    }
}

impl fmt::Debug for Redox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redox")
            .field("base_url", &self.base_url.as_url().as_str())
            .field("token_url", &self.token_url.as_url().as_str())
            .field("credential", &self.credential)
            .finish_non_exhaustive()
    }
}

/// What a client proves itself with.
pub(crate) enum Credential {
    OAuth {
        client_id: String,
        key: Key,
    },
    Legacy {
        api_key: String,
        secret: Zeroizing<String>,
    },
    /// Assertions come from elsewhere.
    None,
}

impl Credential {
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        let parts = match self {
            Self::OAuth { client_id, key } => {
                [("client ID", client_id.as_str()), ("key ID", key.key_id())]
            }
            Self::Legacy { api_key, secret } => [("API key", api_key.as_str()), ("secret", secret)],
            Self::None => return Ok(()),
        };
        match parts.into_iter().find(|(_, value)| value.is_empty()) {
            Some((name, _)) => Err(BuildError::Empty(name)),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OAuth { client_id, key } => f
                .debug_struct("OAuth")
                .field("client_id", client_id)
                .field("key", key)
                .finish(),
            Self::Legacy { api_key, .. } => f
                .debug_struct("Legacy")
                .field("api_key", api_key)
                .finish_non_exhaustive(),
            Self::None => f.write_str("None"),
        }
    }
}

/// Sends a secret body once and reads the whole answer, up to [`MAX_ANSWER`]. Of a longer refusal its beginning will do.
async fn send(
    request: RequestBuilder,
    body: Zeroizing<Vec<u8>>,
) -> Result<(u16, Zeroizing<Vec<u8>>), Error> {
    // The owner goes where the bytes go, and wipes them when the last reader is done.
    let request = request
        .header(ACCEPT, "application/json")
        .body(Bytes::from_owner(body));
    let mut response = request.send().await?;
    let mut answer = Zeroizing::new(Vec::with_capacity(MAX_ANSWER));
    let status = response.status();
    while let Some(chunk) = response.chunk().await? {
        if answer.len().saturating_add(chunk.len()) > MAX_ANSWER {
            if status.is_success() {
                return Err(Error::AnswerTooLong { limit: MAX_ANSWER });
            }
            break;
        }
        answer.extend_from_slice(&chunk);
    }
    Ok((status.as_u16(), answer))
}

/// What `write` writes, in a buffer of just that length. A buffer too short costs no signature.
fn written<F>(write: F) -> Result<Zeroizing<Vec<u8>>, WriteError>
where
    F: Fn(&mut [u8]) -> Result<&str, WriteError>,
{
    let mut buffer = Zeroizing::new(Vec::new());
    match write(&mut buffer) {
        Err(WriteError::BufferTooSmall { needed }) => buffer.resize(needed, 0),
        other => drop(other?),
    }
    write(&mut buffer)?;
    Ok(buffer)
}

fn jwt_id() -> Result<JwtId, Error> {
    let mut random = [0; 16];
    SystemRandom::new()
        .fill(&mut random)
        .map_err(|_| Error::Random)?;
    Ok(JwtId::from_random(random))
}

fn now() -> Result<UnixTime, Error> {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| Error::Clock)?;
    Ok(UnixTime::from_secs(since_1970.as_secs()))
}

/// A time of the server's as the standard library holds it.
fn system_time(time: UnixTime) -> Result<SystemTime, Error> {
    UNIX_EPOCH
        .checked_add(Duration::from_secs(time.as_secs()))
        .ok_or(Error::Clock)
}

const NO_LEGACY_KEY: Error = Error::WrongCredential {
    expected: "a legacy API key and its token",
};

/// Names the source of a request (Redox's page on source IDs).
const SOURCE_ID: HeaderName = HeaderName::from_static("redox-source-id");

/// The longest answer of a token endpoint that is read, in bytes; a token takes a few hundred.
const MAX_ANSWER: usize = 64 * 1024;
