use redox_auth_reqwest::{Api, Error, Key, Method, Redox, Response};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::key_set::KeySet;
use crate::args::{PlatformArgs, ServerArgs};
use crate::connect::{self, KeySource};
use crate::failure::Failure;
use crate::terminal::shown;
use crate::{body, permissions, secrets};

/// The Platform API, as far as it is about the public keys of one OAuth API key.
pub(super) struct Platform {
    redox: Redox,
    /// Where it was given, and no key to get one.
    token: Option<Zeroizing<String>>,
    path: String,
}

/// Why the keys are not known to have changed.
pub(super) enum NotSet {
    /// They have not.
    Surely(Failure),
    /// They may have.
    Perhaps(Failure),
}

impl From<NotSet> for Failure {
    fn from((NotSet::Surely(failure) | NotSet::Perhaps(failure)): NotSet) -> Self {
        failure
    }
}

impl Platform {
    /// For the keys of `client_id`. Who may see and change them say `args`, or else they are one of `own_keys`: the next
    /// is tried when the server does not know the one before it.
    pub(super) fn new(
        args: &PlatformArgs,
        server: &ServerArgs,
        client_id: &str,
        own_keys: [Key; 2],
    ) -> Result<Self, Failure> {
        let can_stand_in_a_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if client_id.is_empty() || !client_id.bytes().all(can_stand_in_a_path) {
            return Err(Failure::usage(format!(
                "client ID: expected letters, digits, - and _, found {client_id:?}"
            )));
        }
        let mut token = None;
        let builder = connect::builder_without_key(server);
        let builder = if let Some(path) = &args.platform_token_file {
            permissions::note(path);
            token = Some(secrets::read_platform_token(path)?);
            builder.no_key()
        } else if let (Some(id), Some(path)) = (&args.platform_client_id, &args.platform_key) {
            let source = KeySource::read(path, args.platform_key_id.as_deref())?;
            builder.oauth_key(id, source.key()?)
        } else {
            let [first, next] = own_keys;
            builder.oauth_key(client_id, first).also_key(next)
        };
        Ok(Self {
            redox: builder.build()?,
            token,
            path: format!("/platform/v1/apikeys/{client_id}"),
        })
    }

    /// The keys that are registered now.
    pub(super) async fn keys(&self) -> Result<KeySet, Failure> {
        let response = self.send(Method::GET, None).await?;
        parse(response).await
    }

    /// Registers `keys` in place of those that are there.
    pub(super) async fn set_keys(&self, keys: &KeySet) -> Result<(), NotSet> {
        let change = json!({ "jwkSet": keys.to_json() }).to_string();
        let response = match self.send(Method::PATCH, Some(change)).await {
            Ok(response) => response,
            Err(error @ Error::Ambiguous(_)) => return Err(NotSet::Perhaps(error.into())),
            Err(error) => return Err(NotSet::Surely(error.into())),
        };
        let is_refused = response.status().is_client_error();
        match parse(response).await {
            Ok(found) if found == *keys => Ok(()),
            Ok(found) => Err(NotSet::Perhaps(Failure::no_answer(format!(
                "the Platform API took the keys {keys}, and answered that there are {found}"
            )))),
            Err(failure) if is_refused => Err(NotSet::Surely(failure)),
            Err(failure) => Err(NotSet::Perhaps(failure)),
        }
    }

    async fn send(&self, method: Method, change: Option<String>) -> Result<Response, Error> {
        let mut request = self.redox.request(method, &self.path)?;
        if let Some(change) = change {
            request = request
                .header("content-type", "application/json")
                .body(change);
        }
        let Some(token) = &self.token else {
            return self.redox.send(Api::Platform, request).await;
        };
        let sent = request.bearer_auth(token.as_str()).send().await;
        sent.map_err(|error| match () {
            () if error.is_builder() => Error::NotBuilt(error),
            () if error.is_connect() => Error::Transport(error),
            () => Error::Ambiguous(error),
        })
    }
}

/// The keys in an answer, which are the same for every verb.
async fn parse(response: Response) -> Result<KeySet, Failure> {
    let status = response.status();
    let body = body::read(response, MAX_ANSWER).await?.ok_or_else(|| {
        Failure::no_answer(format!(
            "the Platform API's answer is longer than {MAX_ANSWER} bytes"
        ))
    })?;
    let answer: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    if !status.is_success() {
        let words = answer.pointer("/payload/message").and_then(Value::as_str);
        return Err(Failure::refused(format!(
            "the Platform API refused with status {}\n  its words: {}\n  meaning:   {}",
            status.as_u16(),
            words.map_or_else(|| "none".to_owned(), shown),
            hint(status.as_u16())
        )));
    }
    let api_key = answer.pointer("/payload/apikey");
    let member = |name| api_key.and_then(|api_key| api_key.get(name));
    if let Some(url) = member("jwksURL").and_then(Value::as_str) {
        return Err(Failure::usage(format!(
            "expected public keys that are registered by value, found a URL: {}\n  meaning:   publish the new key there, \
             beside the old one",
            shown(url)
        )));
    }
    member("jwkSet").and_then(KeySet::parse).ok_or_else(|| {
        Failure::no_answer(format!(
            "expected an API key with its `jwkSet` from the Platform API, found with status {} something else",
            status.as_u16()
        ))
    })
}

fn hint(status: u16) -> &'static str {
    match status {
        400 => "the API does not take these keys",
        401 => "the token was not accepted",
        403 => {
            "Redox wants a user-level API key here: --platform-client-id with --platform-key, or --platform-token-file"
        }
        404 => "there is no OAuth API key of this client ID, or not for this token",
        429 => "too many requests; wait and try again",
        500..=599 => "the API has a fault; try again later",
        _ => "is this the API that the token endpoint belongs to?",
    }
}

/// A hundred keys of RS384 are shorter.
const MAX_ANSWER: usize = 256 * 1024;
