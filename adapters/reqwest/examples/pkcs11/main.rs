//! A service whose private key is in an HSM: every assertion is signed there, by PKCS#11, and the key never leaves it.
//!
//! The module of the HSM's maker, the labels of token and key pair, and the PIN come from the environment, the PIN better
//! from a file (`PKCS11_PIN_FILE`) than as it is (`PKCS11_PIN`). Here they are those of `softhsm2`, an HSM in software, with
//! a key for ES384 (`EC:prime256v1` makes one for ES256, `rsa:3072` one for RS384, or for RS256, RS512 or PS256 with
//! `PKCS11_ALGORITHM=RS256` and so on):
//!
//! ```sh
//! export PKCS11_MODULE=/usr/lib/softhsm/libsofthsm2.so
//! export PKCS11_TOKEN=redox PKCS11_KEY=key-1 PKCS11_PIN_FILE=pin.txt
//! softhsm2-util --init-token --free --label redox
//! pkcs11-tool --module $PKCS11_MODULE --token-label redox --login \
//!     --keypairgen --key-type EC:secp384r1 --label key-1 --usage-sign
//! ```
//!
//! The public key, for the Redox dashboard (Developer > Sources > New OAuth API key):
//!
//! ```sh
//! cargo run -p redox-auth-reqwest --example pkcs11 -- jwks
//! ```
//!
//! A message, sent with the client ID that the dashboard shows:
//!
//! ```sh
//! export REDOX_CLIENT_ID=2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11
//! cargo run -p redox-auth-reqwest --example pkcs11 -- send message.json
//! ```
//!
//! `REDOX_BASE_URL` leads to another server than Redox.

mod hsm_error;
mod hsm_key;
mod public_numbers;

use core::error::Error;
use std::process::ExitCode;
use std::{env, fs};

use cryptoki::types::AuthPin;
use redox_auth_reqwest::{Algorithm, Key, Redox};
use zeroize::Zeroizing;

use hsm_key::{HsmKey, Place};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["jwks"] => jwks(),
        ["send", message] => send(message).await,
        _ => Err("expected `jwks` or `send MESSAGE_FILE`".into()),
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
    Ok(key.jwk_set()?)
}

/// Gets a token, and sends a message with it.
async fn send(message: &str) -> Result<String, Box<dyn Error>> {
    let message = fs::read(message).map_err(|error| format!("{message}: {error}"))?;
    // While the service starts it has nothing else to do, so this thread may wait.
    let key = open()?;
    let key = Key::from_remote_signer(key.key_id(), key);
    let mut redox = Redox::builder().oauth_key(variable("REDOX_CLIENT_ID")?, key);
    if let Ok(url) = variable("REDOX_BASE_URL") {
        redox = redox.base_url(url);
    }
    let sent = redox.build()?.message_json(message).send().await?;
    Ok(format!("status {}", sent.status))
}

fn open() -> Result<HsmKey, Box<dyn Error>> {
    let algorithm = match variable("PKCS11_ALGORITHM") {
        Ok(name) => Some(Algorithm::parse(&name).ok_or("PKCS11_ALGORITHM names no algorithm")?),
        Err(_) => None,
    };
    let place = Place {
        module: variable("PKCS11_MODULE")?.into(),
        token: variable("PKCS11_TOKEN")?,
        key: variable("PKCS11_KEY")?,
        algorithm,
    };
    Ok(HsmKey::open(place, pin()?)?)
}

/// Never from an argument: everybody on the machine sees those.
fn pin() -> Result<AuthPin, Box<dyn Error>> {
    let pin = Zeroizing::new(match variable("PKCS11_PIN_FILE") {
        Ok(file) => fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?,
        Err(_) => variable("PKCS11_PIN")?,
    });
    Ok(AuthPin::from(pin.trim_end_matches(['\r', '\n'])))
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("expected {name} in the environment, found no such text"))
}
