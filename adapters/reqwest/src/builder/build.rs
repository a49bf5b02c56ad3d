use std::sync::Arc;

use redox_auth_core::{Region, Server, TOKEN_PATH, Url, UrlError};

use super::Builder;
use crate::client::Redox;
use crate::connections::Connections;
use crate::connections::way::Way;
use crate::error::Error;
use crate::error::build::BuildError;
use crate::keys::unusable::Around;
use crate::requests::places::Places;
use crate::requests::retry::Retrying;
use crate::requests::{self, Requests};
use crate::tokens::fleet_store::FleetStore;
use crate::tokens::identity::{Identity, Parts, ServerParts};
use crate::tokens::shared_files::SharedFiles;
use crate::tokens::state::SharedState;
use crate::tokens::{self, Tokens};

impl Builder {
    /// Checks all settings and creates the client. It reads the files that the settings name, and sends nothing.
    ///
    /// # Errors
    /// [`BuildError`], which names the wrong or missing setting.
    pub fn build(mut self) -> Result<Redox, BuildError> {
        let files = self.read_files()?;
        self.read_ca_file()?;
        self.fill_in()?;
        self.check_ids()?;
        let has_key = !self.keys.is_empty() || self.legacy_key.is_some();
        if !has_key && !self.has_no_key {
            return Err(BuildError::Missing("a key"));
        }
        let needs_client_id = !self.keys.is_empty() || self.dialect.sends_client_id();
        if needs_client_id && self.client_id.is_none() {
            return Err(BuildError::Missing("a client ID"));
        }
        if let Some(audience) = self.audience.as_ref().filter(|it| !is_audience(it)) {
            return Err(BuildError::Audience {
                found: audience.clone(),
            });
        }
        if self.source_id.as_deref().is_some_and(|id| !is_visible(id)) {
            return Err(BuildError::SourceId);
        }
        let prover = self.prover()?.map(Arc::new);
        if !self.has_base_url
            && self.legacy_key.is_none()
            && let Some(origin) = self.token_url.as_deref().and_then(origin)
        {
            self = self.base_url(origin);
        }
        let token_url = self
            .token_url
            .unwrap_or_else(|| format!("{}{TOKEN_PATH}", self.base_url.trim_end_matches('/')));
        let server = ServerParts {
            base_url: self.base_url,
            token_url,
            upload_url: self.upload_url,
            audience: self.audience,
            typ: self.typ,
            scope: self.scope,
        };
        check_urls(&server)?;
        let identity = Identity::new(Parts {
            server: Arc::new(server),
            client_id: self.client_id.unwrap_or_default(),
            keys: self.keys.into(),
            legacy_key: self.legacy_key.map(Arc::new),
            source_id: self.source_id,
            policy: self.policy,
            dialect: self.dialect.check()?.map(Arc::new),
            prover: prover.clone(),
        })?;
        let parts = Arc::clone(identity.server_parts());
        let (server, is_set_up) = (parts.get(), self.own_settings.configure.is_some());
        let connections = match self.connections {
            Some(connections) if self.own_settings.are_none() => connections,
            connections => {
                let settings = connections.map(|it| it.settings().clone());
                let settings = self.own_settings.over(settings.unwrap_or_default());
                match settings.configure {
                    Some(_) => Connections::with(settings),
                    None => Connections::of_process(settings),
                }
            }
        };
        if is_set_up {
            // The caller gets errors about its own settings now.
            if let Err(Error::NotBuilt(error)) = connections.client(Way::to(server.token_url())) {
                return Err(BuildError::Http(error));
            }
        }
        let no_host = || named("base URL")(UrlError::Host);
        let token_timeout = self.token_timeout;
        let fleet = self.shared_tokens;
        let tokens = Tokens::new(tokens::Shared {
            host: connections.host(server.token_url()),
            connections: connections.clone(),
            token_timeout,
            clock: self.clock,
            fleet: fleet.map(|store| FleetStore::new(store, token_timeout)),
            prover,
            files: files.map(SharedFiles::new),
            state: SharedState::new(identity, self.longest_token),
        });
        tokens.lock().session.prefer(self.preference);
        let api_host = connections.host(server.base_url());
        let upload_host = server.upload_url();
        let upload_host = upload_host.map(|url| connections.host(url));
        let requests = Requests::new(requests::Shared {
            tokens: tokens.clone(),
            connections,
            api_client: self.api_client,
            places: Places::new(&parts).ok_or_else(no_host)?,
            api_host,
            upload_host,
            retrying: Retrying::new(self.retries),
            timeout: self.timeout,
        });
        Ok(Redox::new(tokens, requests))
    }

    /// Pasted text often ends with a line end, and the server would answer only that it does not know the ID.
    fn check_ids(&self) -> Result<(), BuildError> {
        let client_id = self.client_id.as_deref().map(|id| ("client ID", id));
        let legacy_key = self.legacy_key.as_ref();
        let legacy_key = legacy_key.map(|it| ("legacy API key", it.api_key.as_str()));
        let key_ids = self.keys.iter().map(|key| ("key ID", key.key_id()));
        for (name, id) in client_id.into_iter().chain(legacy_key).chain(key_ids) {
            if let Some(around) = Around::of(id) {
                let problem = around.to_string();
                return Err(BuildError::Id { name, problem });
            }
        }
        Ok(())
    }
}

fn named(name: &'static str) -> impl Fn(UrlError) -> BuildError {
    move |error| BuildError::Url { name, error }
}

/// Finds the wrong URL, if there is one.
fn check_urls(server: &ServerParts) -> Result<(), BuildError> {
    // Together with a token URL that is certainly right.
    let base = Server::new(&server.base_url, Region::Us.token_url());
    let _ = base.map_err(named("base URL"))?;
    Url::parse(&server.token_url).map_err(named("token URL"))?;
    let server = server.parse().map_err(named("upload URL"))?;
    // Only the HTTP library rejects some names, such as punycode that decodes to nothing.
    for (name, url) in [
        ("base URL", Some(server.base_url())),
        ("token URL", Some(server.token_url())),
        ("upload URL", server.upload_url()),
    ] {
        if url.is_some_and(|url| reqwest::Url::parse(url.as_str()).is_err()) {
            return Err(named(name)(UrlError::Host));
        }
    }
    Ok(())
}

/// A URL, or a host without one: PDND and DocuSign want that.
fn is_audience(text: &str) -> bool {
    is_visible(text) && text.contains(['.', ':'])
}

/// Scheme, host and port of a URL that may receive secrets.
fn origin(url: &str) -> Option<String> {
    let _ = Url::parse(url).ok()?;
    let url = reqwest::Url::parse(url).ok()?;
    Some(url.origin().ascii_serialization()).filter(|_| url.has_host())
}

fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
