use core::fmt;
use std::collections::HashMap;
use std::sync::PoisonError;

use redox_auth_core::{
    AuthorizeError, DpopKey, DpopNonce, DpopNonceError, DpopProof, JwtId, PublicKey, Stopped,
    UnixTime, Url, WriteError,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::error::Error;
use crate::keys::key::Key;
use crate::random::random;
use crate::sync::Mutex;

/// Makes a client's proofs of possession (RFC 9449), and remembers the nonces that its servers ask for.
pub(crate) struct Prover {
    key: Key,
    public_key: PublicKey,
    nonces: Mutex<HashMap<Server, Nonce>>,
}

/// The owner of a nonce. A client has as many owners as hosts.
#[derive(Eq, Hash, PartialEq)]
enum Server {
    /// The token endpoint, which has its own nonce even if the API is on the same host (RFC 9449 §9).
    Authorization,
    /// An API at this origin.
    Api(String),
}

type Nonce = DpopNonce<NONCE_MAX>;

impl Prover {
    /// `None` for a key without a public half.
    pub(crate) fn new(key: Key) -> Option<Self> {
        let public_key = key.public_key()?.clone();
        Some(Self {
            key,
            public_key,
            nonces: Mutex::new(HashMap::new()),
        })
    }

    pub(crate) fn key(&self) -> DpopKey<'_> {
        DpopKey::new(&self.public_key)
    }

    /// The proof for one request, with the last nonce of its server: for a request to an API with this token, or for a token
    /// request without one.
    ///
    /// # Errors
    /// [`Error::Stopped`] while the time is unknown, [`Error::NotWritten`], [`Error::Random`].
    pub(crate) async fn proof(
        &self,
        method: &str,
        url: &reqwest::Url,
        token: Option<&str>,
        now: Option<UnixTime>,
    ) -> Result<HeaderValue, Error> {
        let now = now.ok_or(Error::Stopped(Stopped::ClockUnknown))?;
        let jwt_id = JwtId::from_random(random()?);
        let nonce = self.nonce(&match token {
            None => Server::Authorization,
            Some(_) => Server::api(url),
        });
        let bare = without_query(url);
        let url = Url::parse(bare.as_str()).map_err(AuthorizeError::Url)?;
        let mut proof = DpopProof::new(self.key(), method, url, &jwt_id, now).nonce(&nonce);
        if let Some(token) = token {
            proof = proof.access_token(token);
        }
        let needed = match proof.prepare(&mut []) {
            Err(WriteError::BufferTooSmall { needed }) => needed,
            other => other.map(|_| 0)?,
        };
        let mut text = vec![0; needed];
        let unsigned = proof.prepare(&mut text)?;
        let signature = self.key.signature_of(unsigned.signing_input()).await?;
        let proof = unsigned.finish(&signature)?;
        let mut header =
            HeaderValue::from_str(proof).expect("base64url and dots can stand in a header");
        header.set_sensitive(true);
        Ok(header)
    }

    /// Remembers the nonce of an answer of the token endpoint; returns whether it had one.
    ///
    /// # Errors
    /// [`DpopNonceError`] for a nonce that the client cannot send back.
    pub(crate) fn remember_for_tokens(&self, headers: &HeaderMap) -> Result<bool, DpopNonceError> {
        self.remember(Server::Authorization, headers)
    }

    /// The same for an answer of the API at `url`.
    ///
    /// # Errors
    /// [`DpopNonceError`] for a nonce that the client cannot send back.
    pub(crate) fn remember_for_api(
        &self,
        url: &reqwest::Url,
        headers: &HeaderMap,
    ) -> Result<bool, DpopNonceError> {
        self.remember(Server::api(url), headers)
    }

    fn remember(&self, server: Server, headers: &HeaderMap) -> Result<bool, DpopNonceError> {
        let Some(value) = headers.get(DPOP_NONCE) else {
            return Ok(false);
        };
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        let nonce = nonces.entry(server).or_default();
        nonce.remember(value.as_bytes()).map(|()| true)
    }

    fn nonce(&self, server: &Server) -> Nonce {
        let nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.get(server).cloned().unwrap_or_default()
    }
}

impl Server {
    fn api(url: &reqwest::Url) -> Self {
        Self::Api(url.origin().ascii_serialization())
    }
}

impl fmt::Debug for Prover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prover")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// No proof has a query, and a query may have characters that core rejects.
fn without_query(url: &reqwest::Url) -> reqwest::Url {
    let mut url = url.clone();
    url.set_query(None);
    url
}

/// The header in which a server gives the nonce for the next proof.
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// The longest nonce that the client accepts, in bytes: those of common servers have 20 to 200.
const NONCE_MAX: usize = 512;
