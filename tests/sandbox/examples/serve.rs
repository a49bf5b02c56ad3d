//! A sandbox with a dashboard, one client and this JWK Set, until standard input ends: what `load` sends its requests to.
//!
//! It prints two lines: the address it listens at, and the URL of the dashboard.

use std::env;
use std::io::{self, Read, Write};

use redox_auth_sandbox::{OAuthKey, Server, ServerOptions};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn core::error::Error>> {
    let [client_id, base_url, jwks] = env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| "expected CLIENT_ID BASE_URL JWKS")?;
    let options = ServerOptions::new().base_url(&base_url).dashboard(0);
    let server = Server::start(options).await?;
    let key = OAuthKey::new().client_id(&client_id).jwks(&jwks);
    server.sandbox().register_oauth_key(key)?;
    let dashboard = server.dashboard_url().unwrap_or_default();
    writeln!(io::stdout(), "{}\n{dashboard}", server.address())?;
    tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}
