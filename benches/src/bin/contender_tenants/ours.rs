//! A client for each tenant, by redox-auth-reqwest. `benches/peers/before` has this file with an older one, too.

use redox_auth_many_clients::{Clients, Tenant};
use redox_auth_reqwest::{Key, Redox};
use tokio::runtime::{Builder, Runtime};

/// The runtime of every client.
pub(crate) struct Ours(Runtime);

impl Ours {
    pub(crate) fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build();
        Self(runtime.expect("a runtime"))
    }
}

impl Clients for Ours {
    type Key = Key;
    type Client = Redox;

    fn key(&self, pem: &str) -> Key {
        Key::parse(pem.as_bytes()).expect("a private key")
    }

    fn client(&self, tenant: &Tenant, key: Key) -> Redox {
        let builder = Redox::builder().token_url(&tenant.token_url);
        let redox = builder.oauth_key(&tenant.client_id, key).build();
        redox.expect("a client")
    }

    fn obtain(&self, client: &mut Redox) -> Option<usize> {
        let token = self.0.block_on(client.token()).ok()?;
        Some(token.expose().len())
    }
}

pub(crate) const HOW: &str =
    "`Redox::builder` for each, whose token stays in it; all on one tokio of one thread";
