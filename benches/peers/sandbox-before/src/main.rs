//! The sandbox at a76515d, as the example `serve` of redox-auth-sandbox starts today's: it has no dashboard.

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
    let server = Server::start(ServerOptions::new().base_url(&base_url)).await?;
    let key = OAuthKey::new().client_id(&client_id).jwks(&jwks);
    server.sandbox().register_oauth_key(key)?;
    writeln!(io::stdout(), "{}\n", server.address())?;
    tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}
