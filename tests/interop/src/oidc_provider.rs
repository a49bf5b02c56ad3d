use serde_json::{Value, json};

use crate::client::Client;
use crate::command::Outcome;
use crate::server::{Server, member};
use crate::tools;

/// The audiences that the server accepts, and its other requirements.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Profile {
    /// The server's default: its issuer or its token URL.
    Default,
    /// FAPI 2.0: its issuer alone, as RFC 7523bis will have it.
    Fapi2,
    /// As the default, and tokens are bound to a key (RFC 9449), with a nonce of the server's in every proof.
    Dpop,
    /// As the default, and it fetches the clients' JWK Sets from where they publish them (`jwks_uri`).
    JwksUri,
    /// As the default, and the resource that a client names is the audience of its token (RFC 8707).
    Resources,
}

/// A running npm `oidc-provider` on a free loopback port; gone when dropped, or when this process is.
#[derive(Debug)]
pub struct OidcProvider(Server);

/// How the server answered one request.
#[derive(Clone, Debug)]
pub enum Event {
    /// With a token.
    Granted {
        /// The assertion as it arrived.
        assertion: String,
        /// Its JOSE header.
        header: Value,
        /// Its claims.
        claims: Value,
        /// The body of the answer.
        answer: Value,
    },
    /// With an OAuth error.
    Refused {
        /// The body of the answer.
        answer: Value,
        /// Why, in the words that the server keeps from the client.
        reason: String,
    },
}

impl OidcProvider {
    /// Starts a server that knows these clients and waits until it listens.
    #[must_use]
    pub fn start(profile: Profile, clients: &[Client]) -> Self {
        let script = tools::node("oidc_provider.mjs");
        Self(Server::start(script, &settings(profile, clients)))
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

    /// Its answer to the request of this run. The server prints the event before it answers, therefore the test does not wait.
    #[must_use]
    pub fn event_of(&self, outcome: &Outcome) -> Event {
        outcome.assert_answered();
        let line = self.0.next_line();
        let answer = line["answer"].clone();
        match line["event"].as_str() {
            Some("granted") => Event::Granted {
                assertion: member(&line, "assertion"),
                header: line["header"].clone(),
                claims: line["claims"].clone(),
                answer,
            },
            Some("refused") => Event::Refused {
                answer,
                reason: member(&line, "reason"),
            },
            _ => panic!("the server said something else: {line}"),
        }
    }
}

fn settings(profile: Profile, clients: &[Client]) -> Value {
    let clients: Vec<_> = clients.iter().map(Client::registration).collect();
    json!({
        "fapi2": profile == Profile::Fapi2,
        "dpop": profile == Profile::Dpop,
        "jwks_uri": profile == Profile::JwksUri,
        "resources": profile == Profile::Resources,
        "clients": clients,
    })
}
