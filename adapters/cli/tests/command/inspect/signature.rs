//! Keys that a signature is checked with.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use pem_rfc7468::LineEnding;
use serde_json::Value;

use super::{objected, sign};
use crate::support::Folder;

#[test]
fn a_signature_is_checked_with_a_key_or_a_set_of_them() {
    let folder = Folder::new();
    let assertion = sign(&folder, &["--key-id", "key-1"]);
    let set = folder
        .run(&["key", "jwks", "key.pem", "--key-id", "key-1"])
        .done();
    folder.write("set.json", &set);
    folder.write("other.json", folder.make_key("other.pem", "ES384"));
    let public: Value = serde_json::from_str(&set).unwrap();
    folder.write("public.json", public["keys"][0].to_string());
    let inspect = |args: &[&str]| folder.call(&["inspect", &assertion]).args(args).run();
    for (args, told) in [
        (vec!["--key", "key.pem"], "96 bytes, verified with "),
        (
            vec!["--key", "public.json"],
            "96 bytes, verified with key-1",
        ),
        (vec!["--jwks", "set.json"], "96 bytes, verified with key-1"),
        (
            vec!["--key", "other.pem", "--key", "key.pem"],
            "96 bytes, verified with ",
        ),
    ] {
        let shown = inspect(&args).done();
        assert!(shown.contains(told), "{args:?}: {shown}");
        assert!(
            shown.contains("nothing wrong with header, claims and signature."),
            "{shown}"
        );
    }
    for (args, told) in [
        (
            vec!["--key", "other.pem"],
            "none of the keys made the signature",
        ),
        (
            vec!["--jwks", "other.json"],
            "none of the keys made the signature",
        ),
        (
            vec!["--jwks", "other.json", "--key", "key.pem"],
            "no key in the JWK Set has this kid",
        ),
    ] {
        let (shown, _) = objected(inspect(&args));
        assert!(
            shown.contains(&format!("Redox would object: {told}")),
            "{args:?}: {shown}"
        );
    }
    // The set has the key by another name than the assertion.
    folder.write("renamed.json", set.replace("key-1", "key-2"));
    let (shown, _) = objected(inspect(&["--jwks", "renamed.json"]));
    assert!(shown.contains("verified with key-2"), "{shown}");
    assert!(
        shown.contains("no key in the JWK Set has this kid"),
        "{shown}"
    );

    for (args, told) in [
        (
            ["--jwks", "https://example.org/jwks"],
            "--jwks takes a file",
        ),
        (["--jwks", "nothing.json"], "cannot read"),
        (["--jwks", "key.pem"], "JWK Set in key.pem: not JSON"),
        (["--key", "set.json.not"], "cannot read"),
    ] {
        let shown = inspect(&args).failed(2);
        assert!(shown.contains(told), "{args:?}: {shown}");
    }
}

#[test]
fn an_rsa_key_verifies_whatever_it_signed_with() {
    let folder = Folder::new();
    folder.make_key("rsa.pem", "RS384");
    for algorithm in ["RS256", "RS512", "PS256"] {
        let call = folder.call(&["assertion", "--client-id", "c", "--key", "rsa.pem"]);
        let assertion = call.args(&["--alg", algorithm]).run().done();
        let call = folder.call(&["inspect", &assertion, "--key", "rsa.pem"]);
        let shown = call.run().stdout;
        assert!(shown.contains("verified with "), "{algorithm}: {shown}");
    }
}

#[test]
fn a_public_key_is_read_in_each_of_its_forms() {
    let folder = Folder::new();
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let pem = |label, der: &[u8]| pem_rfc7468::encode_string(label, LineEnding::LF, der).unwrap();
    let private = pair.to_pkcs8v1().unwrap();
    folder.write("private.pem", pem("PRIVATE KEY", private.as_ref()));
    folder.write("public.pem", pem("PUBLIC KEY", public.as_ref()));
    folder.write("public.der", public.as_ref());
    folder.write("junk.pem", pem("PUBLIC KEY", b"no key"));
    let call = folder.call(&["assertion", "--client-id", "c", "--key", "private.pem"]);
    let assertion = call.run().done();
    for key in ["public.pem", "public.der", "private.pem"] {
        let shown = folder.run(&["inspect", &assertion, "--key", key]).stdout;
        assert!(shown.contains("64 bytes, verified with "), "{key}: {shown}");
    }
    let junk = folder.run(&["inspect", &assertion, "--key", "junk.pem"]);
    let told = "key in junk.pem: neither a public key nor a certificate";
    assert!(junk.failed(2).contains(told));
}

#[test]
fn a_private_jwk_verifies_and_is_not_shown() {
    // RFC 7515, appendix A.3.
    let jwk = r#"{"kty":"EC","crv":"P-256","kid":"mine",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
    let folder = Folder::new();
    folder.write("private.jwk", jwk);
    let call = folder.call(&["assertion", "--client-id", "c", "--key", "private.jwk"]);
    let assertion = call.run().done();
    let inspect = |option: &str| {
        let call = folder.call(&["inspect", "--like", "okta", &assertion]);
        call.args(&[option, "private.jwk"]).run()
    };
    let shown = inspect("--key").done();
    assert!(shown.contains("verified with mine"), "{shown}");
    assert!(!shown.contains("jpsQnn"), "{shown}");
    // A private key has no place in a set of public ones.
    let set = inspect("--jwks").failed(2);
    assert!(!set.contains("jpsQnn"), "{set}");
}
