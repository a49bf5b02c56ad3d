//! A session with both credentials, and a server that accepts some of them.

use redox_auth_core::Client;

use crate::support::driver::{Driver, FakeSigner, KEY_NOT_FOUND, legacy_token, refusal, token};

pub(crate) type Migrating = Driver<Client<'static, FakeSigner>>;

/// The credentials that a server accepts during a migration.
#[derive(Clone, Copy)]
pub(crate) struct Server {
    pub(crate) oauth: bool,
    pub(crate) legacy: bool,
}

/// Makes one request that is due and answers it. Returns whether it was for the OAuth key.
pub(crate) fn serve(driver: &mut Migrating, server: Server) -> bool {
    let sent = driver.request();
    let is_oauth = sent.url.ends_with("/v2/auth/token");
    let expires_at = driver.server_time.saturating_add(86_400);
    let (status, body) = match (is_oauth, server) {
        (true, Server { oauth: true, .. }) => (200, token("oauth", 300)),
        (true, _) => (400, refusal(KEY_NOT_FOUND)),
        (false, Server { legacy: true, .. }) => {
            (200, legacy_token("legacy", expires_at, "refresh"))
        }
        (false, _) => (401, String::from("Invalid request")),
    };
    driver.receive(sent.ticket, status, &body);
    is_oauth
}

pub(crate) const BOTH: Server = Server {
    oauth: true,
    legacy: true,
};
pub(crate) const ONLY_LEGACY: Server = Server {
    oauth: false,
    legacy: true,
};
pub(crate) const NEITHER: Server = Server {
    oauth: false,
    legacy: false,
};
