//! Keys that are named by a certificate.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use redox_auth_sandbox::{OAuthKey, Rules, Sandbox};
use serde_json::{Value, json};

use super::fit::{Fit, certificate};
use crate::support::*;

#[test]
fn the_first_certificate_of_the_chain_is_that_of_the_key() {
    let rules = Rules::named("udap").unwrap();
    let (own, other) = (certificate("RS256"), certificate("ES384"));
    let [own, other] = [own, other].map(|der| STANDARD.encode(der));
    for (chain, refused) in [
        (json!([own]), None),
        (json!([own, other]), None),
        (json!([other, own]), Some("belongs to no registered key")),
        (json!([]), Some("belongs to no registered key")),
        (json!([own, "AAAA"]), Some("must be a list of certificates")),
        (json!(own), Some("must be a list of certificates")),
        (
            json!(["not base64"]),
            Some("must be a list of certificates"),
        ),
    ] {
        let mut fit = Fit::new(&rules);
        fit.header["x5c"] = chain.clone();
        let answer = fit.answer(&rules);
        let shown: String = chain.to_string().chars().take(40).collect();
        match refused {
            None => assert_eq!(answer.status, 200, "{shown}: {}", reason(&answer)),
            Some(words) => assert!(
                reason(&answer).contains(words),
                "{shown}: {}",
                reason(&answer)
            ),
        }
    }
}

#[test]
fn a_certificate_stands_in_for_a_kid_where_the_server_takes_either() {
    for (server, name) in [("maskinporten", "x5c"), ("idcs", "x5t")] {
        let rules = Rules::named(server).unwrap();
        let mut fit = Fit::new(&rules);
        fit.change("header kid");
        fit.name_key(name);
        let answer = fit.answer(&rules);
        assert_eq!(answer.status, 200, "{server}: {}", reason(&answer));
    }
}

#[test]
fn a_hash_is_compared_with_the_certificate_that_is_known() {
    let rules = Rules::named("entra").unwrap();
    let fit = Fit::new(&rules);
    let (own, other) = (certificate("PS256"), certificate("ES384"));
    for (registered, is_taken) in [(&own, true), (&other, false)] {
        let jwk = with(
            &Key::jwk("PS256"),
            "x5c",
            json!([STANDARD.encode(registered)]),
        );
        let mut sandbox = Sandbox::new(BASE_URL, [1; 32]);
        sandbox.like(rules.clone());
        let key = OAuthKey::new().client_id(CLIENT_ID).jwks(&jwk.to_string());
        sandbox.register_oauth_key(key).unwrap();
        let answer = sandbox.handle(at(NOW), &fit.request());
        assert_eq!(answer.status == 200, is_taken, "{}", reason(&answer));
    }
    // And with the certificate in the header, if there is one.
    for (shown, is_taken) in [(&own, true), (&other, false)] {
        let mut fit = fit.clone();
        fit.header["x5c"] = json!([STANDARD.encode(shown)]);
        assert_eq!(fit.answer(&rules).status == 200, is_taken);
    }
    let mut fit = fit;
    fit.header["x5t#S256"] = encode(digest(&SHA256, b"no certificate")).into();
    assert_eq!(fit.answer(&rules).status, 200, "nobody knows better");
}

#[test]
fn a_key_in_the_header_is_one_that_is_registered() {
    let rules = Rules::named("zeta").unwrap();
    let mut fit = Fit::new(&rules);
    fit.header["jwk"] = Key::jwk("RS384");
    let answer = fit.answer(&rules);
    assert_eq!(reason(&answer), "jwk in the header is not a registered key");
}

#[test]
fn an_rsa_key_that_is_too_short_for_the_server_is_refused() {
    let rules = Rules::named("dpc").unwrap();
    let mut fit = Fit::new(&rules);
    fit.change("alg RS384");
    let answer = fit.answer(&rules);
    assert_eq!(
        reason(&answer),
        "the RSA key has 2048 bits; the server requires at least 4096"
    );
}

#[test]
fn a_jwk_keeps_its_own_algorithm_at_every_server() {
    let rules = Rules::named("epic").unwrap();
    let mut fit = Fit::new(&rules);
    fit.change("alg RS256");
    let mut sandbox = Sandbox::new(BASE_URL, [1; 32]);
    sandbox.like(rules);
    let jwk: Value = with(&Key::jwk("RS256"), "alg", json!("RS512"));
    let key = OAuthKey::new().client_id(CLIENT_ID).jwks(&jwk.to_string());
    sandbox.register_oauth_key(key).unwrap();
    let answer = sandbox.handle(at(NOW), &fit.request());
    assert_eq!(reason(&answer), "the signature does not verify");
}
