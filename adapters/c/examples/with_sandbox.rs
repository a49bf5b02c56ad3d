//! Runs a program against a local Redox, with the settings that `redox-auth sandbox` would print, and fails unless the
//! program ends well, with the tokens and messages that are expected of it:
//!
//! `cargo run -p redox-auth-c --example with_sandbox -- es384 PROGRAM [ARGUMENT]...`
//!
//! In the place of `es384`: `es256`, `es512`, `rs384`, or `revoked`, where the first token is revoked before it is used.

use core::error::Error;
use std::process::{Command, ExitCode};
use std::{env, fs};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
};
use pem_rfc7468::LineEnding;
use redox_auth_core::{SigningKey, write_jwk_set};
use redox_auth_sandbox::{
    Destination, Fault, OAuthKey, Place, Server, ServerOptions, Source, Times,
};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [kind, program, arguments @ ..] = arguments.as_slice() else {
        return Err("expected a kind of key and a program".into());
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let server = runtime.block_on(Server::start(ServerOptions::new()))?;
    let folder = tempfile::tempdir()?;
    let key_file = folder.path().join("private-key.pem");
    let pkcs8 = pkcs8(kind)?;
    let pem = pem_rfc7468::encode_string("PRIVATE KEY", LineEnding::LF, &pkcs8)?;
    fs::write(&key_file, pem)?;

    let public_key = SigningKey::parse(&pkcs8)?.public_key();
    let mut jwks = [0; 2048];
    let jwks = write_jwk_set(
        &[(public_key.thumbprint().as_str(), &public_key)],
        &mut jwks,
    )?;
    let (client_id, source_id, destination_id) = {
        let mut sandbox = server.sandbox();
        if kind == "revoked" {
            sandbox.inject(Place::Api, Fault::Revoked, Times::Next(1));
        }
        (
            sandbox.register_oauth_key(OAuthKey::new().jwks(jwks))?,
            sandbox.add_source(Source::new("C"))?,
            sandbox.add_destination(Destination::new("EHR"))?,
        )
    };
    let status = Command::new(program)
        .args(arguments)
        .env("REDOX_BASE_URL", server.base_url())
        .env("REDOX_CLIENT_ID", client_id)
        .env("REDOX_KEY_FILE", &key_file)
        .env("REDOX_SOURCE_ID", source_id)
        .env("REDOX_DESTINATION_ID", destination_id)
        .status()?;

    let counters = server.counters();
    runtime.block_on(server.stop())?;
    let tokens = if kind == "revoked" { 2 } else { 1 };
    let found = (
        counters.tokens_minted,
        counters.messages_accepted,
        counters.token_refusals,
    );
    if status.success() && found == (tokens, 1, 0) {
        println!("{kind}: the sandbox minted {tokens} and accepted 1 message");
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("{kind}: {status}; tokens, messages, refusals: {found:?}, expected ({tokens}, 1, 0)");
    Ok(ExitCode::FAILURE)
}

fn pkcs8(kind: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let curve = match kind {
        "es256" => &ECDSA_P256_SHA256_FIXED_SIGNING,
        "es384" | "revoked" => &ECDSA_P384_SHA384_FIXED_SIGNING,
        "es512" => &ECDSA_P521_SHA512_FIXED_SIGNING,
        "rs384" => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
            let der: Pkcs8V1Der<'_> = pair.as_der()?;
            return Ok(der.as_ref().to_owned());
        }
        other => return Err(format!("no kind of key is called {other}").into()),
    };
    let pair = EcdsaKeyPair::generate(curve)?;
    Ok(pair.to_pkcs8v1()?.as_ref().to_owned())
}
