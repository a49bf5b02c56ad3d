use redox_auth_reqwest::{Error, Method, Response};
use serde_json::{Value, json};

use super::key_set::KeySet;
use crate::failure::Failure;
use crate::platform::{self, Platform};
use crate::terminal::shown;

/// The public keys of one OAuth API key in the Platform API.
pub(super) struct Registration {
    pub(super) platform: Platform,
    /// Their path.
    pub(super) path: String,
}

/// Why a change of the keys is not confirmed.
pub(super) enum NotSet {
    /// The keys have not changed.
    Surely(Failure),
    /// The keys may have changed.
    Perhaps(Failure),
}

impl From<NotSet> for Failure {
    fn from((NotSet::Surely(failure) | NotSet::Perhaps(failure)): NotSet) -> Self {
        failure
    }
}

impl Registration {
    /// The keys registered now.
    pub(super) async fn keys(&self) -> Result<KeySet, Failure> {
        parse(&self.platform.get(&self.path).await?)
    }

    /// Registers `keys` in place of the present ones.
    pub(super) async fn set_keys(&self, keys: &KeySet) -> Result<(), NotSet> {
        let change = json!({ "jwkSet": keys.to_json() }).to_string();
        let sent = self.platform.send(Method::PATCH, &self.path, Some(change));
        let response = match sent.await {
            Ok(response) => response,
            Err(error @ Error::Ambiguous(_)) => return Err(NotSet::Perhaps(error.into())),
            Err(error) => return Err(NotSet::Surely(error.into())),
        };
        let is_refused = response.status().is_client_error();
        match answered(response).await {
            Ok(found) if found == *keys => Ok(()),
            Ok(found) => Err(NotSet::Perhaps(Failure::no_answer(format!(
                "the Platform API accepted the keys {keys}, but its answer lists {found}"
            )))),
            Err(failure) if is_refused => Err(NotSet::Surely(failure)),
            Err(failure) => Err(NotSet::Perhaps(failure)),
        }
    }
}

async fn answered(response: Response) -> Result<KeySet, Failure> {
    parse(&platform::payload(response).await?)
}

/// The keys in a payload, which has the same form for every verb.
fn parse(payload: &Value) -> Result<KeySet, Failure> {
    let api_key = payload.get("apikey");
    let member = |name| api_key.and_then(|api_key| api_key.get(name));
    if let Some(url) = member("jwksURL").and_then(Value::as_str) {
        return Err(Failure::usage(format!(
            "expected public keys that are registered by value, found a URL: {}\n  remedy:       publish the new key there, \
                 in addition to the old one",
            shown(url)
        )));
    }
    member("jwkSet").and_then(KeySet::parse).ok_or_else(|| {
        Failure::no_answer(
            "expected an API key with its `jwkSet` from the Platform API, found something else",
        )
    })
}
