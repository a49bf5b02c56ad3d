//! A client for each tenant, by `huskarl`: with an HTTP client of its own each, and all with the same.

use std::io;

use huskarl::cache::{
    GrantTokenSource, InMemoryRefreshTokenStore, InMemoryTokenCache, TokenSource as _,
};
use huskarl::grant::client_credentials::{
    ClientCredentialsGrant, ClientCredentialsGrantParameters,
};
use huskarl_crypto_native::asymmetric::signer::PrivateKey;
use huskarl_reqwest::ReqwestClient;
use peer_huskarl::{jwt_bearer, parsed};
use redox_auth_contender::KeyName;
use redox_auth_many_clients::{Clients, Tenant, serve, works};
use tokio::runtime::{Builder, Runtime};

fn main() -> io::Result<()> {
    serve(|task, count| {
        let each = works(task, count, ("huskarl", EACH), || Huskarl::new(Http::Each));
        let name = "huskarl, HTTP client shared";
        let shared = works(task, count, (name, SHARED), Huskarl::with_shared_http);
        each.into_iter().chain(shared).collect()
    })
}

struct Huskarl {
    runtime: Runtime,
    http: Http,
}

/// Whose the HTTP client is.
enum Http {
    Each,
    Shared(ReqwestClient),
}

type Cache =
    InMemoryTokenCache<GrantTokenSource<ClientCredentialsGrant, InMemoryRefreshTokenStore>>;

impl Huskarl {
    fn new(http: Http) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        Self { runtime, http }
    }

    fn with_shared_http() -> Self {
        let mut huskarl = Self::new(Http::Each);
        huskarl.http = Http::Shared(huskarl.http());
        huskarl
    }

    fn http(&self) -> ReqwestClient {
        match &self.http {
            Http::Each => {
                let client = self.runtime.block_on(ReqwestClient::builder().build());
                client.expect("an HTTP client")
            }
            Http::Shared(client) => client.clone(),
        }
    }
}

impl Clients for Huskarl {
    type Key = PrivateKey;
    // The place where an application keeps it.
    type Client = Box<Cache>;

    fn key(&self, pem: &str) -> PrivateKey {
        let key = parsed(pem, KeyName::Es384, "of a tenant");
        key.expect("it has P-384")
    }

    fn client(&self, tenant: &Tenant, key: PrivateKey) -> Box<Cache> {
        let endpoint = tenant.token_url.parse().expect("an endpoint");
        let grant = ClientCredentialsGrant::builder()
            .client_id(tenant.client_id.clone())
            .client_auth(jwt_bearer(key))
            .token_endpoint(endpoint)
            .http_client(self.http())
            .build();
        let source = GrantTokenSource::builder()
            .grant(grant)
            .grant_parameters(ClientCredentialsGrantParameters::builder().build())
            .refresh_store(InMemoryRefreshTokenStore::default())
            .build();
        Box::new(InMemoryTokenCache::builder().source(source).build())
    }

    fn obtain(&self, client: &mut Box<Cache>) -> Option<usize> {
        let response = self.runtime.block_on(client.token()).ok()?;
        Some(response.access_token().token().expose_secret().len())
    }
}

const EACH: &str = "`ClientCredentialsGrant`, `GrantTokenSource` and `InMemoryTokenCache` for each, with a \
                    `ReqwestClient` of its own; all on one tokio of one thread";
const SHARED: &str = "the same with clones of one `ReqwestClient`, which is made before";
