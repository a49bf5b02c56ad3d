//! A service whose private key is in AWS KMS: every assertion is signed there, and the key never leaves it.
//!
//! The credentials and the region come from the usual variables of AWS, the key from `KMS_KEY_ID`: its ID, its ARN or an
//! alias.
//!
//! ```sh
//! export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… AWS_REGION=us-east-1   # and AWS_SESSION_TOKEN, if there is one
//! export KMS_KEY_ID=alias/redox
//! ```
//!
//! This prints the public key for the server's settings. Then it obtains a token, with the client ID that the settings show:
//!
//! ```sh
//! cargo run -p redox-auth-reqwest --example aws_kms -- jwks
//! export REDOX_CLIENT_ID=2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11
//! cargo run -p redox-auth-reqwest --example aws_kms -- token
//! ```
//!
//! An RSA key signs with RS384, or with the algorithm in `REDOX_ALG`. `REDOX_BASE_URL` or `REDOX_TOKEN_URL` names another
//! server than Redox, `AWS_ENDPOINT_URL_KMS` another KMS.

mod kms;

use std::env;
use std::process::ExitCode;

use kms::{Error, Kms, KmsKey};
use redox_auth_reqwest::{Algorithm, Key, PublicKey, Redox, write_jwk_set};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let command = env::args().nth(1);
    let done = match command.as_deref() {
        Some("jwks") => jwks().await,
        Some("token") => token().await,
        _ => Err("write `jwks` or `token` behind the command".into()),
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
async fn jwks() -> Result<String, Error> {
    let (_, public_key) = open().await?;
    let key_id = public_key.thumbprint();
    // Enough for one key of any kind.
    let mut buffer = [0; 2048];
    let jwks = write_jwk_set(&[(key_id.as_str(), &public_key)], &mut buffer)?;
    Ok(jwks.to_owned())
}

/// Obtains a token.
async fn token() -> Result<String, Error> {
    let (signer, public_key) = open().await?;
    let key_id = public_key.thumbprint();
    // A real service reads the public key that it registered from a file, and therefore notices a key that was replaced.
    let key = Key::from_remote_signer(key_id.as_str(), signer).with_public_key(public_key)?;
    // Finds wrong settings before the first request.
    key.check().await?;
    let mut redox = Redox::builder().oauth_key(variable("REDOX_CLIENT_ID")?, key);
    if let Ok(url) = variable("REDOX_BASE_URL") {
        redox = redox.base_url(url);
    }
    if let Ok(url) = variable("REDOX_TOKEN_URL") {
        redox = redox.token_url(url);
    }
    let token = redox.build()?.token().await?;
    Ok(match token.expires_in() {
        Some(lifetime) => format!("a token for {} s", lifetime.as_secs()),
        None => "a token".to_owned(),
    })
}

/// The key, and its public half as KMS shows it.
async fn open() -> Result<(KmsKey, PublicKey), Error> {
    let kms = Kms::from_env()?;
    let key_id = variable("KMS_KEY_ID")?;
    let mut public_key = kms.public_key(&key_id).await?;
    if let Ok(name) = variable("REDOX_ALG") {
        let algorithm = Algorithm::parse(&name).ok_or("REDOX_ALG names no algorithm")?;
        public_key = public_key.with_algorithm(algorithm)?;
    }
    Ok((KmsKey::new(kms, key_id, &public_key), public_key))
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("set the variable {name}"))
}
