/// A library with a client for each tenant.
pub trait Clients {
    /// A private key, parsed.
    type Key;
    /// The client of one tenant.
    type Client;

    /// Parses a key on P-384, as PEM of PKCS#8.
    fn key(&self, pem: &str) -> Self::Key;

    /// Builds a client, which sends nothing yet.
    fn client(&self, tenant: &Tenant, key: Self::Key) -> Self::Client;

    /// Has the client obtain a token and keep it; returns its length, or nothing when the endpoint gave none.
    fn obtain(&self, client: &mut Self::Client) -> Option<usize>;
}

/// A tenant of a service: one credential at one server.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Another one for each tenant.
    pub client_id: String,
    /// The URL of the token endpoint.
    pub token_url: String,
}
