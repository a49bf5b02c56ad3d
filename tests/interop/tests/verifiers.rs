//! npm `jose` and PyPI's PyJWT verify what the command signs, and refuse it once anything is changed.

use std::collections::HashSet;

use redox_auth_interop::{ALGORITHMS, Client, Verdict, Verifier};
use serde_json::Value;

const TOKEN_URL: &str = "https://as.example/token";
const ISSUER: &str = "https://as.example";

#[test]
fn every_algorithm_is_verified_with_its_header_and_claims() {
    let folder = tempfile::tempdir().unwrap();
    for client in Client::for_every_algorithm(folder.path()) {
        let assertion = client.assertion(TOKEN_URL, &[]).result().to_owned();
        for verifier in Verifier::ALL {
            let (header, claims) = verified(verifier, &client, TOKEN_URL, &assertion);
            let case = format!("{verifier:?}, {}: {header} {claims}", client.algorithm());
            assert_eq!(names(&header), ["alg", "kid", "typ"], "{case}");
            assert_eq!(header["alg"], client.algorithm(), "{case}");
            assert_eq!(header["kid"], client.key_id(), "{case}");
            assert_eq!(header["typ"], "JWT", "{case}");
            assert_eq!(
                names(&claims),
                ["aud", "exp", "iat", "iss", "jti", "sub"],
                "{case}"
            );
            assert_eq!(claims["iss"], client.id(), "{case}");
            assert_eq!(claims["sub"], client.id(), "{case}");
            assert_eq!(claims["aud"], TOKEN_URL, "{case}");
            assert!(
                claims["jti"].as_str().unwrap().len() >= 22,
                "128 random bits: {case}"
            );
            // `as_u64` takes integers only: no text, no fraction.
            let issued_at = claims["iat"].as_u64().expect(&case);
            let expires_at = claims["exp"].as_u64().expect(&case);
            let lifetime_secs = expires_at.checked_sub(issued_at).expect(&case);
            assert!((1..=300).contains(&lifetime_secs), "{case}");
        }
    }
}

#[test]
fn the_issuer_as_audience_and_another_typ_are_verified_too() {
    let folder = tempfile::tempdir().unwrap();
    let typ = "client-authentication+jwt";
    for client in Client::for_every_algorithm(folder.path()) {
        let made = client.assertion(TOKEN_URL, &["--audience", ISSUER, "--typ", typ]);
        for verifier in Verifier::ALL {
            let (header, claims) = verified(verifier, &client, ISSUER, made.result());
            let case = (verifier, client.algorithm());
            assert_eq!(header["typ"], typ, "{case:?}");
            assert_eq!(claims["aud"], ISSUER, "{case:?}");
        }
    }
}

#[test]
fn names_that_json_must_escape_arrive_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let key_id = "a \"quoted\" \\ key/clé \u{1f511}";
    let client_id = "a \"quoted\" \\ client, Zoë \u{1f3e5}";
    for algorithm in ALGORITHMS {
        // The key file has no `kid`, therefore the signing command needs it again.
        let key_id_option = ["--key-id", key_id];
        let made = Client::with_key_options(folder.path(), algorithm, algorithm, &key_id_option);
        assert_eq!(made.key_id(), key_id, "{algorithm}: in the JWK Set");
        let client = made.known_as(client_id);
        let assertion = client.assertion(TOKEN_URL, &key_id_option);
        for verifier in Verifier::ALL {
            let (header, claims) = verified(verifier, &client, TOKEN_URL, assertion.result());
            assert_eq!(header["kid"], key_id, "{verifier:?}, {algorithm}");
            assert_eq!(claims["iss"], client_id, "{verifier:?}, {algorithm}");
            assert_eq!(claims["sub"], client_id, "{verifier:?}, {algorithm}");
        }
    }
}

#[test]
fn no_two_assertions_share_a_jti() {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(folder.path(), "client-1", "ES256");
    let sign = |_| client.assertion(TOKEN_URL, &[]).result().to_owned();
    let assertions: Vec<String> = (0..20).map(sign).collect();
    let mut seen = HashSet::new();
    for verdict in Verifier::Jose.verify(&client, TOKEN_URL, &assertions) {
        let Verdict::Verified { claims, .. } = verdict else {
            panic!("{verdict:?}");
        };
        assert!(
            seen.insert(claims["jti"].to_string()),
            "used twice: {claims}"
        );
    }
}

#[test]
fn another_clients_key_id_or_audience_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for client in Client::for_every_algorithm(folder.path()) {
        let impostor = client.impostor(folder.path());
        let assertions = [
            impostor.assertion(TOKEN_URL, &["--key-id", client.key_id()]),
            impostor.assertion(TOKEN_URL, &[]),
            client.assertion(TOKEN_URL, &["--audience", ISSUER]),
            client.known_as("client-2").assertion(TOKEN_URL, &[]),
        ]
        .map(|made| made.result().to_owned());
        for verifier in Verifier::ALL {
            let verdicts = verifier.verify(&client, TOKEN_URL, &assertions);
            let what = [
                "another key",
                "another key ID",
                "another audience",
                "another client",
            ];
            for (what, verdict) in what.iter().zip(verdicts) {
                assert!(
                    matches!(verdict, Verdict::Refused(_)),
                    "{what}, {verifier:?}: {verdict:?}"
                );
            }
        }
    }
}

#[test]
fn one_flipped_bit_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for client in Client::for_every_algorithm(folder.path()) {
        let assertion = client.assertion(TOKEN_URL, &[]).result().to_owned();
        // The unchanged one last, so that it is seen that the key was the right one all along.
        let mut assertions: Vec<String> = flipped(&assertion).collect();
        assertions.push(assertion);
        for verifier in Verifier::ALL {
            let case = (verifier, client.algorithm());
            let mut verdicts = verifier.verify(&client, TOKEN_URL, &assertions);
            let unchanged = verdicts.pop().unwrap();
            assert!(
                matches!(unchanged, Verdict::Verified { .. }),
                "{case:?}: {unchanged:?}"
            );
            for (changed, verdict) in assertions.iter().zip(verdicts) {
                assert!(
                    matches!(verdict, Verdict::Refused(_)),
                    "{case:?}: {changed}"
                );
            }
        }
    }
}

/// The assertion with the top bit of one base64url digit turned over, for each digit. The top bit always counts; the
/// lowest bits of a part's last digit may not.
fn flipped(assertion: &str) -> impl Iterator<Item = String> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    assertion.char_indices().filter_map(|(at, digit)| {
        let flipped = DIGITS.find(digit)? ^ 32;
        let (before, after) = (&assertion[..at], &assertion[at..][1..]);
        Some(format!("{before}{}{after}", &DIGITS[flipped..][..1]))
    })
}

fn verified(
    verifier: Verifier,
    client: &Client,
    audience: &str,
    assertion: &str,
) -> (Value, Value) {
    match verifier
        .verify(client, audience, &[assertion.to_owned()])
        .pop()
    {
        Some(Verdict::Verified { header, claims }) => (header, claims),
        other => panic!("{verifier:?}, {}: {other:?}", client.algorithm()),
    }
}

fn names(object: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = object
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}
