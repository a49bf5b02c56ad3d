mod error;
mod file;

pub use error::StateError;
pub(crate) use file::StateFile;

use core::fmt;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::directory::{Client, LegacyAccess};
use crate::jwks::{Key, KeySet};
use crate::{Destination, Environment, OAuthKey, RegisterError, Sandbox, Source};
use error::Problem;

/// The content of a state file: all registrations, without tokens.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    format: String,
    version: u32,
    /// The server's port.
    pub(crate) port: u16,
    remembered: BTreeMap<String, String>,
    sources: Vec<KeptSource>,
    destinations: Vec<KeptDestination>,
    oauth_keys: Vec<KeptClient>,
    legacy_keys: Vec<KeptLegacyKey>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct KeptSource {
    id: String,
    name: String,
    environment: KeptEnvironment,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct KeptDestination {
    id: String,
    name: String,
    slug: Option<String>,
    environment: KeptEnvironment,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct KeptClient {
    client_id: String,
    environment: KeptEnvironment,
    enabled: bool,
    jwks_url: Option<String>,
    keys: Vec<Map<String, Value>>,
    withdrawn: Vec<Map<String, Value>>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct KeptLegacyKey {
    source_id: String,
    secret: String,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
enum KeptEnvironment {
    Development,
    Staging,
    Production,
}

impl State {
    /// The state of this sandbox.
    pub(crate) fn of(sandbox: &Sandbox, port: u16) -> Self {
        let directory = &sandbox.directory;
        let sources = directory.sources.iter().map(|(id, source)| KeptSource {
            id: id.clone(),
            name: source.name.clone(),
            environment: source.environment.into(),
        });
        let destinations = directory.destinations.iter();
        let destinations = destinations.map(|(id, destination)| KeptDestination {
            id: id.clone(),
            name: destination.name.clone(),
            slug: destination.slug.clone(),
            environment: destination.environment.into(),
        });
        let clients = directory.clients.iter();
        let legacy = directory.legacy.iter();
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            port,
            remembered: directory.remembered.clone(),
            sources: sources.collect(),
            destinations: destinations.collect(),
            oauth_keys: clients.map(|(id, it)| KeptClient::of(id, it)).collect(),
            legacy_keys: legacy
                .map(|(id, access)| KeptLegacyKey {
                    source_id: id.clone(),
                    secret: access.secret.clone(),
                })
                .collect(),
        }
    }

    /// Reads the content of a state file.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        if text.trim().is_empty() {
            return Err(Problem::Empty);
        }
        let value: Value = serde_json::from_str(text).map_err(|error| {
            match (text.contains(FORMAT), error.is_eof()) {
                (true, true) => Problem::Torn,
                (true, false) => Problem::NotJson(error.line()),
                (false, _) => Problem::NotOurs,
            }
        })?;
        let format = value.get("format").and_then(Value::as_str);
        let version = value.get("version").and_then(Value::as_u64);
        match (format, version) {
            (Some(FORMAT), Some(version)) if version == u64::from(VERSION) => {}
            (Some(FORMAT), Some(version)) => return Err(Problem::Version(version)),
            _ => return Err(Problem::NotOurs),
        }
        serde_json::from_value(value).map_err(|error| Problem::member(&error))
    }

    pub(crate) fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{text}\n")
    }

    /// Registers everything in an empty sandbox.
    pub(crate) fn restore(self, sandbox: &mut Sandbox) -> Result<(), Problem> {
        sandbox.directory.remembered = self.remembered;
        for kept in self.sources {
            let wrong = Problem::registering("source", &kept.id);
            let source = Source::new(&kept.name).id(&kept.id);
            let source = source.environment(kept.environment.into());
            sandbox.add_source(source).map_err(wrong)?;
        }
        for kept in self.destinations {
            let wrong = Problem::registering("destination", &kept.id);
            let mut destination = Destination::new(&kept.name).id(&kept.id);
            if let Some(slug) = &kept.slug {
                destination = destination.slug(slug);
            }
            let destination = destination.environment(kept.environment.into());
            sandbox.add_destination(destination).map_err(wrong)?;
        }
        for kept in self.oauth_keys {
            let id = kept.client_id.clone();
            let wrong = Problem::registering("OAuth API key", &id);
            kept.register(sandbox).map_err(wrong)?;
        }
        for kept in self.legacy_keys {
            let wrong = Problem::registering("legacy API key", &kept.source_id);
            sandbox
                .register_legacy_key(&kept.source_id)
                .map_err(wrong)?;
            let access = LegacyAccess::new(kept.secret);
            sandbox.directory.legacy.insert(kept.source_id, access);
        }
        Ok(())
    }
}

impl KeptClient {
    fn of(id: &str, client: &Client) -> Self {
        let jwks_url = client.jwks_url.clone();
        // The sandbox fetches the keys of a URL again.
        let own = client.keys.as_ref().filter(|_| jwks_url.is_none());
        let active = own.map(KeySet::keys).unwrap_or_default();
        let withdrawn = own.map(KeySet::withdrawn).unwrap_or_default();
        let is_active = |key: &&Key| active.iter().any(|it| it.id() == key.id());
        let jwk = |key: &Key| key.jwk().clone();
        Self {
            client_id: id.to_owned(),
            environment: client.environment.into(),
            enabled: !client.disabled,
            jwks_url,
            keys: active.iter().map(jwk).collect(),
            // A key whose ID is in use again cannot be restored.
            withdrawn: withdrawn
                .iter()
                .filter(|it| !is_active(it))
                .map(jwk)
                .collect(),
        }
    }

    /// Registers all keys, and withdraws the withdrawn ones.
    fn register(self, sandbox: &mut Sandbox) -> Result<(), RegisterError> {
        let client_id = self.client_id;
        let mut key = OAuthKey::new()
            .client_id(&client_id)
            .environment(self.environment.into());
        key = match &self.jwks_url {
            Some(url) => key.jwks_url(url),
            None => {
                let all: Vec<_> = self.keys.iter().chain(&self.withdrawn).collect();
                key.jwks(&json!({ "keys": all }).to_string())
            }
        };
        sandbox.register_oauth_key(key)?;
        for key in &self.withdrawn {
            let id = key.get("kid").and_then(Value::as_str).unwrap_or_default();
            sandbox.withdraw_key(&client_id, id)?;
        }
        if !self.enabled {
            sandbox.disable_client(&client_id)?;
        }
        Ok(())
    }
}

impl fmt::Debug for KeptLegacyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptLegacyKey")
            .field("source_id", &self.source_id)
            .field("secret", &"[redacted]")
            .finish()
    }
}

impl From<Environment> for KeptEnvironment {
    fn from(environment: Environment) -> Self {
        match environment {
            Environment::Development => Self::Development,
            Environment::Staging => Self::Staging,
            Environment::Production => Self::Production,
        }
    }
}

impl From<KeptEnvironment> for Environment {
    fn from(environment: KeptEnvironment) -> Self {
        match environment {
            KeptEnvironment::Development => Self::Development,
            KeptEnvironment::Staging => Self::Staging,
            KeptEnvironment::Production => Self::Production,
        }
    }
}

/// Identifies a file of a sandbox.
const FORMAT: &str = "redox-auth-sandbox";

/// Changes with every change of the members above.
const VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn sandbox() -> Sandbox {
        Sandbox::new("http://sandbox.example", [7; 32])
    }

    fn jwk(id: &str) -> Value {
        json!({ "kid": id, "kty": "OKP", "own": { "kept": "as it is" } })
    }

    /// Everything that can be registered, and its secret.
    fn full() -> (Sandbox, String) {
        let mut full = sandbox();
        let source = Source::new("Clinic").environment(Environment::Staging);
        let source_id = full.add_source(source).unwrap();
        let destination = Destination::new("Hospital").id("dest-1").slug("hospital");
        full.add_destination(destination).unwrap();
        let keys = json!({ "keys": [jwk("one"), jwk("two")] }).to_string();
        let key = OAuthKey::new().client_id("by-value").jwks(&keys);
        full.register_oauth_key(key).unwrap();
        full.withdraw_key("by-value", "one").unwrap();
        let key = OAuthKey::new()
            .client_id("by-url")
            .jwks_url("https://as.example/jwks");
        full.register_oauth_key(key.environment(Environment::Production))
            .unwrap();
        full.disable_client("by-url").unwrap();
        let legacy = full.register_legacy_key(&source_id).unwrap();
        full.remember("client_id", "by-value");
        (full, legacy.expose_secret().to_owned())
    }

    #[test]
    fn what_was_kept_is_there_again() {
        let (full, secret) = full();
        let kept = State::of(&full, 4711).text();
        assert!(kept.contains(&secret), "{kept}");
        let state = State::parse(&kept).unwrap();
        assert!(!format!("{state:?}").contains(&secret), "{state:?}");
        let mut again = sandbox();
        state.restore(&mut again).unwrap();
        assert_eq!(State::of(&again, 4711).text(), kept);
        assert_eq!(again.remembered("client_id"), Some("by-value"));
        again.restore_key("by-value", "one").unwrap();
        assert!(again.directory.clients["by-url"].disabled);
    }

    #[test]
    fn a_withdrawn_key_whose_id_is_in_use_again_is_left_out() {
        let mut twice = sandbox();
        let key = OAuthKey::new().client_id("a").jwks(&jwk("one").to_string());
        twice.register_oauth_key(key).unwrap();
        twice.withdraw_key("a", "one").unwrap();
        twice.add_keys("a", &jwk("one").to_string()).unwrap();
        let mut again = sandbox();
        State::of(&twice, 1).restore(&mut again).unwrap();
        assert_eq!(
            again.directory.clients["a"]
                .keys
                .as_ref()
                .unwrap()
                .keys()
                .len(),
            1
        );
    }

    #[test]
    fn each_wrong_content_is_named_and_no_secret_is_shown() {
        let (full, secret) = full();
        let good = State::of(&full, 4711).text();
        let half = good.get(..good.len() / 2).unwrap();
        let of_type = format!("{{\"format\":\"{FORMAT}\",\"version\":1,\"port\":\"{secret}\"}}");
        let private = good.replace("\"kid\": \"two\"", "\"kid\": \"two\", \"d\": \"hush\"");
        for (content, expected) in [
            ("", "is empty"),
            (" \n", "is empty"),
            (half, "ends in the middle"),
            ("{\"a\":1}", "is not a state file of a sandbox"),
            (
                "-----BEGIN PRIVATE KEY-----",
                "is not a state file of a sandbox",
            ),
            ("[]", "is not a state file of a sandbox"),
            (
                &good.replace("\"version\": 1", "\"version\": 2"),
                "has version 2",
            ),
            (&good.replace("\"port\": 4711,", ""), "missing field `port`"),
            (
                &good.replace("\"port\"", "\"porto\""),
                "unknown field `porto`",
            ),
            (&good.replacen('{', "{,", 1), "is not JSON from line 1 on"),
            (&of_type, "a member has a wrong type or value"),
            (&private, "OAuth API key \"by-value\""),
        ] {
            let problem = State::parse(content)
                .and_then(|state| state.restore(&mut sandbox()))
                .unwrap_err()
                .to_string();
            assert!(problem.contains(expected), "{expected}: {problem}");
            assert!(
                !problem.contains(&secret) && !problem.contains("hush"),
                "{problem}"
            );
        }
    }
}
