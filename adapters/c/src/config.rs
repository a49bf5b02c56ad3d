use core::ffi::c_char;
use core::slice;

use redox_auth_core::{
    Dialect, Identity, JwtType, LegacyKey, OAuthKey, Policy, RELEASED_AT, Region, Server, UnixTime,
};
#[cfg(feature = "dpop")]
use redox_auth_core::{DpopKey, PublicKey};

use crate::redox_auth_status as Status;
use crate::{opaque, pointer, redox_auth_algorithm, redox_auth_dialect, redox_auth_signer, signer};

/// The server that a session authenticates with.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_server {
    /// Redox in the United States.
    #[default]
    RedoxUs = 0,
    /// Redox in Canada.
    RedoxCa = 1,
    /// The server of `base_url` and `token_url`.
    Custom = 2,
}

/// The `typ` of assertions.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_jwt_type {
    /// `JWT`, as Redox and SMART document it.
    #[default]
    Jwt = 0,
    /// `client-authentication+jwt`, as draft-ietf-oauth-rfc7523bis requires.
    ClientAuthentication = 1,
}

/// The acceptable tokens.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_policy {
    /// Any token.
    #[default]
    Usual = 0,
    /// Tokens for TEFCA, with a lifetime shorter than a day. Tokens of a legacy API key live too long.
    Tefca = 1,
}

/// An OAuth API key: the client's identity and its signer.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct redox_auth_oauth_key {
    /// The client ID at the server: a UUID at Redox. Ends with a NUL.
    pub client_id: *const c_char,
    /// The key ID in the registered JWK Set. Ends with a NUL.
    pub key_id: *const c_char,
    /// The signer, which must stay in place.
    pub signer: *const redox_auth_signer,
}

/// The configuration of a session. Zeros mean the defaults; only a credential is required.
///
/// A session keeps the pointers, not copies: everything behind them must stay unchanged until the session ends or gets
/// another configuration. The struct itself may change after the call. Texts end with a NUL, or are NULL if absent.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct redox_auth_config {
    /// A `redox_auth_server`.
    pub server: i32,
    /// A `redox_auth_jwt_type`.
    pub jwt_type: i32,
    /// A `redox_auth_policy`.
    pub policy: i32,
    /// The base URL of the API. For `REDOX_AUTH_SERVER_CUSTOM`, else NULL. The session sends tokens only to its origin.
    pub base_url: *const c_char,
    /// The token endpoint. For `REDOX_AUTH_SERVER_CUSTOM`, else NULL.
    pub token_url: *const c_char,
    /// The URL for uploads of files, or NULL. For `REDOX_AUTH_SERVER_CUSTOM`, else NULL.
    pub upload_url: *const c_char,
    /// The `aud` of assertions, or NULL for the token URL.
    pub audience: *const c_char,
    /// The scope to request, or NULL for none: SMART requires one, Redox does not.
    pub scope: *const c_char,
    /// The OAuth API key: one, or during a rotation all keys that may be registered, the preferred one first.
    pub oauth_keys: *const redox_auth_oauth_key,
    /// The number of keys.
    pub oauth_key_count: usize,
    /// The legacy API key, or NULL. It may be the only credential, or accompany the OAuth API key that will replace it.
    pub legacy_api_key: *const c_char,
    /// Its secret.
    pub legacy_secret: *const c_char,
    /// The source of the requests, or NULL. Required with an OAuth API key in an environment with several sources.
    pub source_id: *const c_char,
    /// Seconds since 1970: the session signs nothing while the clock shows an earlier time. 0 means the date of this
    /// release; a firmware should give the date of its own build.
    pub earliest_time: u64,
    /// The requirements of a server other than Redox, or NULL.
    pub dialect: *const redox_auth_dialect,
    /// Memory for longer tokens, or NULL for `REDOX_AUTH_TOKEN_CAPACITY` bytes inside the session. Do not use this
    /// memory until the session ends; a session with a new configuration keeps it. End the session before you replace
    /// the memory, because the old memory would keep the token.
    pub token_memory: *mut u8,
    /// Its length in bytes. A session uses at most 65,535.
    pub token_memory_len: usize,
}

/// The configuration for core. The references point to memory that the caller keeps for the life of the session.
pub(crate) struct Parts {
    server: Server<'static>,
    oauth_keys: &'static [redox_auth_oauth_key],
    legacy_key: Option<LegacyKey<'static>>,
    source_id: Option<&'static str>,
    policy: Policy,
    earliest_time: UnixTime,
    dialect: &'static Dialect<'static>,
    /// The key that the tokens are bound to.
    #[cfg(feature = "dpop")]
    dpop_key: Option<&'static PublicKey>,
}

impl Parts {
    /// # Safety
    /// Everything behind `config` stays unchanged for the life of this value.
    pub(crate) unsafe fn new(config: &redox_auth_config) -> Result<Self, Status> {
        // SAFETY: promised above.
        let parts = unsafe {
            Self {
                server: server(config)?,
                oauth_keys: oauth_keys(config)?,
                legacy_key: legacy_key(config)?,
                source_id: optional(config.source_id)?,
                policy: policy(config.policy)?,
                earliest_time: match config.earliest_time {
                    0 => RELEASED_AT,
                    secs => UnixTime::from_secs(secs),
                },
                dialect: match config.dialect.is_null() {
                    true => &Dialect::USUAL,
                    false => opaque::look(config.dialect)?,
                },
                #[cfg(feature = "dpop")]
                dpop_key: None,
            }
        };
        if parts.oauth_keys.is_empty() && parts.legacy_key.is_none() {
            return Err(Status::NoCredential);
        }
        Ok(parts)
    }

    /// The same with tokens bound to this key, or to none.
    #[cfg(feature = "dpop")]
    pub(crate) const fn bound_to(&self, dpop_key: Option<&'static PublicKey>) -> Self {
        Self { dpop_key, ..*self }
    }

    /// The same with the binding of `before`.
    #[cfg(feature = "dpop")]
    pub(crate) const fn bound_as(&self, before: &Self) -> Self {
        self.bound_to(before.dpop_key)
    }
}

impl Identity for Parts {
    type Signer = redox_auth_signer;

    fn server(&self) -> Server<'_> {
        self.server
    }

    fn oauth_key(&self, index: usize) -> Option<OAuthKey<'_, redox_auth_signer>> {
        let key = self.oauth_keys.get(index)?;
        // SAFETY: checked when this was made, and kept by the caller since.
        let (client_id, key_id, signer) = unsafe {
            (
                pointer::text(key.client_id).ok()?,
                pointer::text(key.key_id).ok()?,
                pointer::input(key.signer).unwrap_or(&signer::NONE),
            )
        };
        Some(OAuthKey::new(client_id, key_id, signer))
    }

    fn legacy_key(&self) -> Option<LegacyKey<'_>> {
        self.legacy_key
    }

    fn source_id(&self) -> Option<&str> {
        self.source_id
    }

    /// The default dialect equals no dialect; the library contains the code for one of the two only.
    fn dialect(&self) -> Option<Dialect<'_>> {
        Some(*self.dialect)
    }

    #[cfg(feature = "dpop")]
    fn dpop_key(&self) -> Option<DpopKey<'_>> {
        self.dpop_key.map(DpopKey::new)
    }

    fn policy(&self) -> Policy {
        self.policy
    }

    fn earliest_time(&self) -> UnixTime {
        self.earliest_time
    }
}

/// # Safety
/// As for [`Parts::new`], here and below.
unsafe fn server(config: &redox_auth_config) -> Result<Server<'static>, Status> {
    // SAFETY: promised above.
    let mut server = unsafe {
        match config.server {
            US => redox(config, Region::Us),
            CA => redox(config, Region::Ca),
            CUSTOM => custom(config),
            _ => Err(Status::BadValue),
        }?
    };
    server = server.with_typ(match config.jwt_type {
        JWT => JwtType::Jwt,
        CLIENT_AUTHENTICATION => JwtType::ClientAuthentication,
        _ => return Err(Status::BadValue),
    });
    // SAFETY: promised above.
    unsafe {
        if let Some(audience) = optional(config.audience)? {
            server = server.with_audience(audience);
        }
        if let Some(scope) = optional(config.scope)? {
            server = server.with_scope(scope);
        }
    }
    Ok(server)
}

/// A program that names a server but forgets `server` must not talk to Redox.
fn redox(config: &redox_auth_config, region: Region) -> Result<Server<'static>, Status> {
    let urls = [config.base_url, config.token_url, config.upload_url];
    if urls.iter().all(|url| url.is_null()) {
        Ok(Server::redox(region))
    } else {
        Err(Status::BadValue)
    }
}

unsafe fn custom(config: &redox_auth_config) -> Result<Server<'static>, Status> {
    // SAFETY: promised for `server`.
    let (base_url, token_url, upload_url) = unsafe {
        (
            pointer::text(config.base_url)?,
            pointer::text(config.token_url)?,
            optional(config.upload_url)?,
        )
    };
    let server = Server::new(base_url, token_url)?;
    Ok(match upload_url {
        Some(url) => server.with_upload_url(url)?,
        None => server,
    })
}

unsafe fn oauth_keys(
    config: &redox_auth_config,
) -> Result<&'static [redox_auth_oauth_key], Status> {
    let count = config.oauth_key_count;
    if count == 0 {
        return Ok(&[]);
    }
    pointer::check(config.oauth_keys)?;
    let bytes = count.checked_mul(size_of::<redox_auth_oauth_key>());
    if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) {
        return Err(Status::BadValue);
    }
    // SAFETY: checked here, promised for `server`.
    let keys = unsafe { slice::from_raw_parts(config.oauth_keys, count) };
    for key in keys {
        // SAFETY: promised for `server`.
        unsafe { check_key(key) }?;
    }
    Ok(keys)
}

unsafe fn check_key(key: &redox_auth_oauth_key) -> Result<(), Status> {
    // SAFETY: promised for `server`.
    let (client_id, key_id, signer) = unsafe {
        (
            pointer::text(key.client_id)?,
            pointer::text(key.key_id)?,
            pointer::input(key.signer)?,
        )
    };
    let lens = match redox_auth_algorithm::from_raw(signer.algorithm)?.signature_len() {
        Some(len) => len..=len,
        None => 256..=512,
    };
    if client_id.is_empty() || key_id.is_empty() {
        Err(Status::EmptyText)
    } else if !lens.contains(&signer.signature_len) {
        Err(Status::SignatureLength)
    } else {
        Ok(())
    }
}

unsafe fn legacy_key(config: &redox_auth_config) -> Result<Option<LegacyKey<'static>>, Status> {
    // SAFETY: promised for `server`.
    let pair = unsafe {
        (
            optional(config.legacy_api_key)?,
            optional(config.legacy_secret)?,
        )
    };
    match pair {
        (Some(api_key), Some(secret)) => Ok(Some(LegacyKey::new(api_key, secret))),
        (None, None) => Ok(None),
        _ => Err(Status::EmptyText),
    }
}

/// A text that is NULL or not empty.
unsafe fn optional(text: *const c_char) -> Result<Option<&'static str>, Status> {
    // SAFETY: promised for `server`.
    match unsafe { pointer::optional_text(text) }? {
        Some("") => Err(Status::EmptyText),
        text => Ok(text),
    }
}

fn policy(number: i32) -> Result<Policy, Status> {
    match number {
        USUAL => Ok(Policy::Usual),
        TEFCA => Ok(Policy::Tefca),
        _ => Err(Status::BadValue),
    }
}

const US: i32 = redox_auth_server::RedoxUs as i32;
const CA: i32 = redox_auth_server::RedoxCa as i32;
const CUSTOM: i32 = redox_auth_server::Custom as i32;
const JWT: i32 = redox_auth_jwt_type::Jwt as i32;
const CLIENT_AUTHENTICATION: i32 = redox_auth_jwt_type::ClientAuthentication as i32;
const USUAL: i32 = redox_auth_policy::Usual as i32;
const TEFCA: i32 = redox_auth_policy::Tefca as i32;
