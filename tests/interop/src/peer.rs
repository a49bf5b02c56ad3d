use serde_json::{Value, json};

use crate::client::Client;
use crate::server::Server;
use crate::tools;

/// An authorization server of others on a free loopback port, which tells the client alone how it decided; gone when
/// dropped, or when this process is.
#[derive(Debug)]
pub struct Peer(Server);

impl Peer {
    /// PyPI's Authlib, which takes from each client the algorithm that it is registered for, and assertions as a grant
    /// for these users.
    #[must_use]
    pub fn authlib(clients: &[Client], users: &[&str]) -> Self {
        let settings = json!({"clients": registered(clients), "as_shipped": false, "users": users});
        Self(Server::start(tools::python("authlib_server.py"), &settings))
    }

    /// PyPI's Authlib with the algorithms that it takes where nobody names some.
    #[must_use]
    pub fn authlib_as_shipped(clients: &[Client]) -> Self {
        let settings = json!({"clients": registered(clients), "as_shipped": true, "users": []});
        Self(Server::start(tools::python("authlib_server.py"), &settings))
    }

    /// Debian's Glewlwyd, with its OpenID Connect plugin.
    #[must_use]
    pub fn glewlwyd(clients: &[Client]) -> Self {
        let tables = tools::glewlwyd_tables();
        let settings = json!({"clients": registered(clients), "tables": tables});
        Self(Server::start(tools::python("glewlwyd.py"), &settings))
    }

    /// The server's name for itself.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.0.issuer()
    }

    /// Its token endpoint.
    #[must_use]
    pub fn token_url(&self) -> &str {
        self.0.token_url()
    }
}

fn registered(clients: &[Client]) -> Vec<Value> {
    clients.iter().map(Client::registration).collect()
}
