//! A service whose private key is in an HSM: every assertion is signed there, and the key never leaves it.
//!
//! The URI of the key comes from the environment. Here it is one in `softhsm2`, an HSM in software:
//!
//! ```sh
//! softhsm2-util --init-token --free --label clinic
//! pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --token-label clinic --login \
//!     --keypairgen --key-type EC:secp384r1 --label redox --usage-sign
//! install -m 600 /dev/stdin pin.txt   # and type the PIN
//! export REDOX_KEY_URI='pkcs11:token=clinic;object=redox?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=pin.txt'
//! ```
//!
//! The public key, for the server's settings; and a message, sent with the client ID that the settings show:
//!
//! ```sh
//! cargo run -p redox-auth-pkcs11 --example hsm_service -- jwks
//! export REDOX_CLIENT_ID=2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11
//! cargo run -p redox-auth-pkcs11 --example hsm_service -- send message.json
//! ```
//!
//! `REDOX_BASE_URL` leads to another server than Redox.

use core::error::Error;
use std::process::ExitCode;
use std::{env, fs};

use redox_auth_pkcs11::{KeyUri, Pkcs11Key};
use redox_auth_reqwest::{Redox, write_jwk_set};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["jwks"] => jwks(),
        ["send", message] => send(message).await,
        _ => Err("write `jwks` or `send MESSAGE_FILE` behind the command".into()),
    };
    match done {
        Ok(shown) => {
            println!("{shown}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The JWK Set to register.
fn jwks() -> Result<String, Box<dyn Error>> {
    let key = open()?;
    // Enough for one key of any kind.
    let mut buffer = [0; 2048];
    let jwks = write_jwk_set(&[(&*key.key_id(), key.public_key())], &mut buffer)?;
    Ok(jwks.to_owned())
}

/// Obtains a token, and sends a message with it.
async fn send(message: &str) -> Result<String, Box<dyn Error>> {
    let message = fs::read(message).map_err(|error| format!("{message}: {error}"))?;
    // While the service starts it has nothing else to do, so this thread may wait.
    let key = open()?.into_key(None);
    let mut redox = Redox::builder().oauth_key(variable("REDOX_CLIENT_ID")?, key);
    if let Ok(url) = variable("REDOX_BASE_URL") {
        redox = redox.base_url(url);
    }
    let sent = redox.build()?.message_json(message).send().await?;
    Ok(format!("status {}", sent.status))
}

fn open() -> Result<Pkcs11Key, Box<dyn Error>> {
    let uri: KeyUri = variable("REDOX_KEY_URI")?.parse()?;
    Ok(Pkcs11Key::at(uri).open()?)
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("set the variable {name}"))
}
