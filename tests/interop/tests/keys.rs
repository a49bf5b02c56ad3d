//! Keys go both ways: OpenSSL (through Node) reads what the command writes, and the command reads what OpenSSL writes.

use redox_auth_interop::{
    ALGORITHMS, Client, Verdict, Verifier, describe_keys, foreign_keys, redox_auth,
};
use serde_json::{Value, json};

const TOKEN_URL: &str = "https://as.example/token";

#[test]
fn the_default_key_id_is_the_thumbprint_and_the_jwk_is_the_public_half() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let read = |client: &Client| std::fs::read_to_string(client.key_file()).unwrap();
    let described = describe_keys(&clients.iter().map(read).collect::<Vec<_>>());
    for (client, theirs) in clients.iter().zip(described) {
        assert_eq!(client.key_id(), theirs.thumbprint, "{}", client.algorithm());
        assert_eq!(client.jwk()["alg"], client.algorithm());
        assert_eq!(
            without_names(client.jwk()),
            theirs.jwk,
            "{}",
            client.algorithm()
        );
    }
}

#[test]
fn key_jwks_prints_the_public_halves_of_all_its_files_in_order() {
    let folder = tempfile::tempdir().unwrap();
    // Those whose files say what they sign with.
    let mut clients = Client::for_every_algorithm(folder.path());
    clients.retain(|client| ["ES256", "ES384", "ES512", "RS384"].contains(&client.algorithm()));
    let mut arguments = vec!["key", "jwks"];
    arguments.extend(clients.iter().map(Client::key_file));
    let printed: Value = serde_json::from_str(redox_auth(&arguments).result()).unwrap();
    let expected: Vec<&Value> = clients.iter().map(Client::jwk).collect();
    assert_eq!(printed, json!({ "keys": expected }));
}

#[test]
fn keys_that_openssl_made_sign_for_every_algorithm_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let keys = foreign_keys(folder.path());
    for algorithm in ALGORITHMS {
        let forms = keys.iter().filter(|key| key.algorithm == algorithm);
        assert_eq!(forms.count(), 5, "{algorithm}");
    }
    for key in keys {
        let case = format!("{}, {}", key.algorithm, key.form);
        let client = Client::with_key_file(&key.file, "client-1", &key.algorithm);
        assert_eq!(without_names(client.jwk()), key.jwk, "{case}");
        let assertion = client.assertion(TOKEN_URL, &[]).result().to_owned();
        for verifier in Verifier::ALL {
            let verdict = verifier.verify(&client, TOKEN_URL, core::slice::from_ref(&assertion));
            assert!(
                matches!(verdict[..], [Verdict::Verified { .. }]),
                "{case}: {verdict:?}"
            );
        }
    }
}

/// What is left of a public JWK is its type and its numbers.
fn without_names(jwk: &Value) -> Value {
    let mut jwk = jwk.clone();
    for name in ["kid", "alg", "use", "key_ops"] {
        jwk.as_object_mut().expect("an object").remove(name);
    }
    jwk
}
